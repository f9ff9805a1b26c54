/** The words of one subject, by the part they play; a word has one part and one topic only. */
export interface Topic {
  readonly who: string
  readonly whoQuality: string
  readonly deed: string
  readonly thing: string
  readonly things: string
  readonly thingQuality: string
  readonly place: string
  readonly placeQuality: string
}

/** Words that belong together: a verb of the sea tends to be followed by a thing of the sea. */
export const topics: readonly Topic[] = [
  {
    who: 'sailor captain fisherman pilot diver gull crew keeper',
    whoQuality: 'weary sunburnt patient bold',
    deed: 'steered mended hauled lowered anchored sighted rowed',
    thing: 'boat lantern anchor compass oar',
    things: 'nets ropes barrels sails shells',
    thingQuality: 'wet salted drifting heavy',
    place: 'harbor shore pier reef lagoon coast',
    placeQuality: 'foggy windy grey',
  },
  {
    who: 'farmer shepherd miller beekeeper dog gardener neighbor rooster',
    whoQuality: 'cheerful stubborn barefoot kind',
    deed: 'planted gathered watered picked carried counted traded',
    thing: 'basket fence lamb apple ladder',
    things: 'pumpkins seeds hives eggs pears',
    thingQuality: 'ripe golden muddy small',
    place: 'meadow orchard barn field stable pond',
    placeQuality: 'sunny green dusty',
  },
  {
    who: 'mayor merchant tailor widow clerk barber judge constable',
    whoQuality: 'careful proud elderly curious',
    deed: 'bought sold delivered borrowed displayed wrapped inspected',
    thing: 'coat parcel umbrella clock newspaper',
    things: 'tickets coins hats candles rings',
    thingQuality: 'expensive striped broken tiny',
    place: 'market square street bank courthouse fountain',
    placeQuality: 'crowded narrow paved',
  },
  {
    who: 'hunter fox owl ranger woodcutter badger scout hermit',
    whoQuality: 'silent clever lonely wild',
    deed: 'followed found buried tracked hid chased startled',
    thing: 'nest trail feather acorn squirrel',
    things: 'logs mushrooms branches antlers berries',
    thingQuality: 'hollow mossy fallen crooked',
    place: 'forest clearing thicket cave glade stream',
    placeQuality: 'shady deep ancient',
  },
  {
    who: 'cook baker guest grandmother uncle waiter butcher host',
    whoQuality: 'hungry generous busy plump',
    deed: 'tasted stirred baked served sliced burned peeled',
    thing: 'loaf soup pie kettle orange',
    things: 'onions cakes spoons bowls plates',
    thingQuality: 'warm sweet bitter fresh',
    place: 'kitchen pantry table oven cellar inn',
    placeQuality: 'tidy smoky cozy',
  },
  {
    who: 'carpenter blacksmith inventor engineer potter apprentice mason painter',
    whoQuality: 'skilled tireless young modest',
    deed: 'built repaired sharpened measured polished designed assembled',
    thing: 'wheel hammer engine cabinet mirror',
    things: 'gears hinges levers saws nails',
    thingQuality: 'iron wooden rusty precise',
    place: 'workshop forge shed mill yard factory',
    placeQuality: 'noisy cluttered cramped',
  },
  {
    who: 'teacher student librarian poet scholar historian writer professor',
    whoQuality: 'thoughtful quiet famous diligent',
    deed: 'read wrote copied studied translated explained quoted',
    thing: 'book poem theory essay diary',
    things: 'maps pages questions notes riddles',
    thingQuality: 'forgotten handwritten strange long',
    place: 'library classroom archive museum desk hall',
    placeQuality: 'dim marble old',
  },
  {
    who: 'singer drummer violinist dancer conductor piper choir pianist',
    whoQuality: 'nervous graceful gifted shy',
    deed: 'played practiced hummed composed recorded rehearsed tuned',
    thing: 'waltz melody march chorus symphony',
    things: 'songs ballads tunes lullabies duets',
    thingQuality: 'lively slow gentle sad',
    place: 'stage theater balcony ballroom garden chapel',
    placeQuality: 'bright velvet vast',
  },
  {
    who: 'climber guide goat monk surveyor eagle pilgrim geologist',
    whoQuality: 'brave tall steady lean',
    deed: 'climbed crossed mapped photographed reached painted admired',
    thing: 'summit glacier canyon waterfall icicle',
    things: 'ridges paths boulders peaks flags',
    thingQuality: 'steep frozen jagged hidden',
    place: 'pass hut monastery cliff plateau slope',
    placeQuality: 'snowy remote bare',
  },
  {
    who: 'passenger driver porter traveler stranger soldier messenger mechanic',
    whoQuality: 'punctual sleepy foreign polite',
    deed: 'missed boarded stopped packed unloaded checked forgot',
    thing: 'train suitcase bicycle timetable telegram',
    things: 'wagons trunks carriages whistles packages',
    thingQuality: 'late empty red battered',
    place: 'station platform tunnel bridge crossing border',
    placeQuality: 'distant deserted gloomy',
  },
  {
    who: 'astronomer chemist doctor nurse botanist physicist researcher scientist',
    whoQuality: 'cautious brilliant calm skeptical',
    deed: 'observed tested discovered examined compared predicted described',
    thing: 'comet lens formula experiment planet',
    things: 'samples crystals results patterns signals',
    thingQuality: 'faint rare unexpected unusual',
    place: 'laboratory observatory hospital greenhouse tower dome',
    placeQuality: 'sterile modern starlit',
  },
]
