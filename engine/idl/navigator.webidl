// https://html.spec.whatwg.org/#the-navigator-object

[Exposed=Window]
interface Navigator {
};
Navigator includes NavigatorID;
Navigator includes NavigatorLanguage;
Navigator includes NavigatorOnLine;
Navigator includes NavigatorCookies;
Navigator includes NavigatorConcurrentHardware;

interface mixin NavigatorID {
  readonly attribute DOMString appCodeName;
  readonly attribute DOMString appName;
  readonly attribute DOMString appVersion;
  readonly attribute DOMString platform;
  readonly attribute DOMString product;
  readonly attribute DOMString productSub;
  readonly attribute DOMString userAgent;
  readonly attribute DOMString vendor;
  readonly attribute DOMString vendorSub;
};

interface mixin NavigatorLanguage {
  readonly attribute DOMString language;
  readonly attribute any languages;
};

interface mixin NavigatorOnLine {
  readonly attribute boolean onLine;
};

interface mixin NavigatorCookies {
  readonly attribute boolean cookieEnabled;
};

interface mixin NavigatorConcurrentHardware {
  readonly attribute unsigned long long hardwareConcurrency;
};

// https://w3c.github.io/pointerevents/#extensions-to-the-navigator-interface
partial interface Navigator {
  readonly attribute long maxTouchPoints;
};

// https://html.spec.whatwg.org/#the-useractivation-interface
[Exposed=Window]
interface UserActivation {
  readonly attribute boolean hasBeenActive;
  readonly attribute boolean isActive;
};

partial interface Navigator {
  [SameObject] readonly attribute UserActivation userActivation;
};

// https://w3c.github.io/geolocation/#navigator_interface
partial interface Navigator {
  [SameObject] readonly attribute Geolocation geolocation;
};

// https://w3c.github.io/permissions/#navigator-and-workernavigator-extension
partial interface Navigator {
  [SameObject] readonly attribute Permissions permissions;
};
