// https://w3c.github.io/beacon/

interface mixin NavigatorBeacon {
  boolean sendBeacon(USVString url, optional BodyInit? data = null);
};

Navigator includes NavigatorBeacon;
