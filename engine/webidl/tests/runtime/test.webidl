// Every feature of the generator, in interfaces made up for the tests.

typedef (DOMString or long) TextOrNumber;
[LegacyTreatNonObjectAsNull] callback EventHandlerNonNull = any (Base event);
typedef EventHandlerNonNull? EventHandler;

enum Flavor { "sweet", "bitter-sweet", "", "2d" };

dictionary Point {
  double x = 0;
  required double y;
};

dictionary Options : Parent {
  DOMString name = "none";
  Flavor flavor = "sweet";
  sequence<long> list = [];
  [Clamp] octet level = 7;
  unrestricted double weight;
  Base? other = null;
  Point point;
  any extra;
};

dictionary Parent {
  boolean early = true;
};

partial dictionary Options {
  boolean later = false;
};

callback Reducer = long (long sum, long value);
callback Log = undefined (DOMString text, any... rest);

callback interface Filter {
  const unsigned short ACCEPT = 1;
  const unsigned short REJECT = 2;
  unsigned short accept(Base item);
};

[Exposed=Window]
interface Base {
  constructor(optional DOMString label = "base");
  readonly attribute DOMString label;
  [LegacyUnforgeable] readonly attribute boolean isReal;
  attribute EventHandler onring;
  [LegacyLenientThis] attribute EventHandler onhush;
  boolean same(Base other);
  [Default] object toJSON();
};

[Exposed=*, LegacyFactoryFunction=Shortcut(optional long size = 5)]
interface Derived : Base {
  constructor(DOMString label, optional Options options = {});
  constructor(long number);

  const unsigned short ONE = 1;
  const double HALF = 0.5;
  const boolean YES = true;

  // Attributes.
  attribute long count;
  attribute [LegacyNullToEmptyString] DOMString text;
  attribute Flavor flavor;
  attribute Base? partner;
  attribute any anything;
  [Throws] attribute USVString risky;
  [PutForwards=count] readonly attribute Derived? forward;
  [Replaceable] readonly attribute long replaceable;
  [LegacyLenientThis] readonly attribute long lenient;
  [CEReactions] attribute DOMString reacting;
  static readonly attribute long made;
  [SameObject] readonly attribute FrozenArray<long> frozen;
  readonly attribute Promise<long> later;
  [Reflect] attribute DOMString reflected;
  [CEReactions, Reflect="data-num", ReflectRange=(1, 10), ReflectDefault=3] attribute unsigned long ranged;

  // Conversions.
  DOMString numbers(byte a, octet b, short c, unsigned short d, long e, unsigned long f, long long g, unsigned long long h);
  DOMString clamped([Clamp] octet a, [EnforceRange] unsigned short b);
  DOMString floats(float a, double b, unrestricted float c, unrestricted double d);
  DOMString strings(DOMString a, USVString b, ByteString c, [LegacyNullToEmptyString] DOMString d);
  DOMString others(bigint a, symbol b, object c, boolean d);
  DOMString optionals(optional long a, optional DOMString b = "b", optional boolean c = true, optional double d = 1.5, optional Flavor e = "bitter-sweet", optional long? f = null);
  DOMString variadic(DOMString first, long... rest);
  sequence<DOMString> reversed(sequence<DOMString> list);
  record<DOMString, long> doubled(record<DOMString, long> map);
  Options echo(optional Options options = {});
  DOMString point(Point point);
  Flavor flavorOf(Flavor flavor);
  DOMString union((Base or Reducer or sequence<long> or Point or boolean or double or DOMString) value);
  TextOrNumber? textOrNumber(TextOrNumber? value);
  DOMString bytes((BufferSource or DOMString) data);
  Promise<long> promised(Promise<long> value, boolean fail);

  // Callbacks.
  long reduce(sequence<long> list, Reducer reducer);
  undefined log(Log log, any... rest);
  unsigned short filter(Filter filter);

  // Overloads.
  DOMString over();
  DOMString over(long a);
  DOMString over(DOMString text);
  DOMString over(Base a, optional DOMString b);
  DOMString over(long a, long b, long c);

  static DOMString describe(DOMString what);
  [CEReactions] undefined react();
  stringifier;
};

[Exposed=Window]
interface Leaf : Base {
  constructor();
  readonly attribute long depth;
  readonly attribute Base? above;
  readonly attribute any skipped;
  [Default] object toJSON();
};

interface mixin Extra {
  readonly attribute DOMString mixed;
  [Unscopable] DOMString blend(DOMString a);
};
Derived includes Extra;

partial interface Derived {
  DOMString partialOne();
};

[Exposed=Window]
interface Items {
  constructor();
  readonly attribute unsigned long length;
  getter DOMString? item(unsigned long index);
  setter undefined (unsigned long index, DOMString value);
  undefined push(DOMString value);
  iterable<DOMString?>;
};

[Exposed=Window, LegacyOverrideBuiltIns]
interface Names {
  constructor();
  getter DOMString (DOMString name);
  setter undefined (DOMString name, DOMString value);
  deleter undefined (DOMString name);
};

[Exposed=Window]
interface Pairs {
  constructor();
  iterable<DOMString, long>;
};

[Exposed=Window]
interface Table {
  constructor();
  maplike<DOMString, long>;
};

[Exposed=Window]
interface Bag {
  constructor();
  readonly setlike<DOMString>;
};

[Exposed=Window]
interface Ticks {
  constructor();
  async_iterable<long>(optional long count = 3);
};

[Exposed=Worker]
interface OnlyInWorkers {
};

[Exposed=Window]
namespace tools {
  const long VERSION = 3;
  readonly attribute DOMString motto;
  double half(double value);
};

[Global=Window, Exposed=Window]
interface World {
  readonly attribute DOMString planet;
  [LegacyUnforgeable] readonly attribute World world;
  DOMString hello(optional DOMString name = "nobody");
};
