// https://w3c.github.io/permissions/

[Exposed=(Window)]
interface Permissions {
  Promise<PermissionStatus> query(object permissionDesc);
};

dictionary PermissionDescriptor {
  required DOMString name;
};

enum PermissionState { "granted", "denied", "prompt" };

[Exposed=(Window)]
interface PermissionStatus : EventTarget {
  readonly attribute PermissionState state;
  readonly attribute DOMString name;
  attribute EventHandler onchange;
};
