/*
 * Natural logarithm and exponential by the methods of FDLIBM 5.3 (Sun Microsystems, 1993, freely usable), with nothing
 * but IEEE sums, products and quotients: every machine and every JavaScript engine gives the same bits. `Math.log` and
 * its kin may differ in their last bit from one engine to the next, and a workload with them.
 */
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10
const inverseLn2 = Math.LOG2E
/** Of log((1 + s) / (1 - s)) - 2s in s². */
const logTerms = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const
/** Of r (exp(r) + 1) / (exp(r) - 1) - 2 in r². */
const expTerms = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
] as const

const double = new DataView(new ArrayBuffer(8))

/** ln(x) for a normal number above 0; its error is below 1 unit in the last place. */
export function ln(x: number): number {
  if (!(x >= 2 ** -1022) || x === Number.POSITIVE_INFINITY) throw new RangeError(`no logarithm of ${x}`)
  const { exponent, mantissa } = split(x)
  return lnOf(exponent, mantissa - 1, 0)
}

/** ln(1 + x) for x from -1/2 to 2^53, exact for tiny x too. */
export function ln1p(x: number): number {
  if (!(x > -1) || x > 2 ** 53) throw new RangeError(`no ln1p of ${x}`)
  if (x > -0.2928932188134524 && x < 0.41421356237309503) {
    if (x > -(2 ** -54) && x < 2 ** -54) return x
    if (x > -(2 ** -29) && x < 2 ** -29) return x - x * x * 0.5
    return lnOf(0, x, 0)
  }
  const sum = 1 + x
  const { exponent, mantissa } = split(sum)
  // What rounding took from the sum.
  const lost = (exponent > 0 ? 1 - (sum - x) : x - (sum - 1)) / sum
  return lnOf(exponent, mantissa - 1, lost)
}

/** exp(x) for x from -700 to 700; its error is below 1 unit in the last place. */
export function exp(x: number): number {
  if (!(x >= -700 && x <= 700)) throw new RangeError(`no exponential of ${x}`)
  const small = x > -0.34657359027997264 && x < 0.34657359027997264
  if (small && x > -(2 ** -28) && x < 2 ** -28) return 1 + x
  const k = small ? 0 : Math.trunc(inverseLn2 * x + (x < 0 ? -0.5 : 0.5))
  const high = x - k * ln2High
  const low = k * ln2Low
  const r = small ? x : high - low
  const t = r * r
  const [p1, p2, p3, p4, p5] = expTerms
  const c = r - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))))
  if (k === 0) return 1 - ((r * c) / (c - 2) - r)
  return scaled(1 - (low - (r * c) / (2 - c) - high), k)
}

/** x = 2^exponent · mantissa, with the mantissa from √½ to √2. */
function split(x: number): { readonly exponent: number; readonly mantissa: number } {
  double.setFloat64(0, x)
  const highWord = double.getUint32(0)
  let exponent = (highWord >>> 20) - 1023
  const fraction = highWord & 0xfffff
  const above = (fraction + 0x95f64) & 0x100000
  double.setUint32(0, fraction | (above ^ 0x3ff00000))
  exponent += above >>> 20
  return { exponent, mantissa: double.getFloat64(0) }
}

/** k·ln 2 + ln(1 + f) + lost. */
function lnOf(k: number, f: number, lost: number): number {
  const low = k * ln2Low + lost
  if (f === 0) return k * ln2High + low
  const halfSquare = 0.5 * f * f
  const s = f / (2 + f)
  const z = s * s
  const [l1, l2, l3, l4, l5, l6, l7] = logTerms
  const rest = z * (l1 + z * (l2 + z * (l3 + z * (l4 + z * (l5 + z * (l6 + z * l7))))))
  if (k === 0) return f - (halfSquare - s * (halfSquare + rest))
  return k * ln2High - (halfSquare - (s * (halfSquare + rest) + low) - f)
}

function scaled(y: number, k: number): number {
  double.setFloat64(0, y)
  double.setUint32(0, double.getUint32(0) + k * 2 ** 20)
  return double.getFloat64(0)
}
