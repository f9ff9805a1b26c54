import type { Report } from '../../src/model/report.ts'
import type { CellChoice } from './cell-key.ts'
import { Choice } from './choice.tsx'

interface CellPickerProps {
  readonly report: Report
  readonly choice: CellChoice
  onChoose(choice: CellChoice): void
}

const named = ({ name }: { readonly name: string }) => ({ key: name, title: name })

/** Chooses the cell: target, workload and load, as far as there are several. */
export function CellPicker({ report, choice, onChoose }: CellPickerProps) {
  return (
    <div class="picker">
      <Choice
        label="Target"
        options={report.targets.map(named)}
        chosen={choice.target}
        onChoose={(target) => onChoose({ ...choice, target })}
      />
      <Choice
        label="Workload"
        options={report.workloads.map(named)}
        chosen={choice.workload}
        onChoose={(workload) => onChoose({ ...choice, workload })}
      />
      <Choice
        label="Load"
        options={report.loads.map(named)}
        chosen={choice.load}
        onChoose={(load) => onChoose({ ...choice, load })}
      />
    </div>
  )
}
