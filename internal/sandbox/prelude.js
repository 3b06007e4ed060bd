// Runs before the workflow's code, in the same engine, and returns the function
// that reads what the code exports. It keeps the built-ins that it needs, since
// the code may replace them. Functions whose names start with slipway are left
// out of stack traces.
(() => {
  "use strict";
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { keys } = Object;
  const { isArray } = Array;
  const { stringify } = JSON;
  const NativeProxy = Proxy, NativeDate = Date, NativeError = Error, NativeString = String;
  const sliceText = String.prototype.slice;
  const functionText = Function.prototype.toString;
  const asyncPrototype = getPrototypeOf(async function () {});
  const generatorPrototypes = [getPrototypeOf(function* () {}), getPrototypeOf(async function* () {})];
  const typedLength = getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "length").get;
  const has = WeakSet.prototype.has, add = WeakSet.prototype.add;
  const stubs = new WeakSet(), proxies = new WeakSet();
  const global = globalThis;
  const isIn = (set, value) => (typeof value === "object" || typeof value === "function") && value !== null && apply(has, set, [value]);
  const set = (object, name, value) => defineProperty(object, name, { value, writable: true, configurable: true });

  // No clock, no chance.
  const now = 946684800000;
  function slipwayDate(...args) {
    if (new.target === undefined) return NativeString(new NativeDate(now));
    return construct(NativeDate, args.length === 0 ? [now] : args, new.target);
  }
  slipwayDate.prototype = NativeDate.prototype;
  for (const name of ["parse", "UTC"]) set(slipwayDate, name, NativeDate[name]);
  set(slipwayDate, "now", () => now);
  set(slipwayDate, "name", "Date");
  set(NativeDate.prototype, "constructor", slipwayDate);
  set(global, "Date", slipwayDate);
  let seed = 1;
  set(Math, "random", () => (seed = (seed * 48271) % 2147483647) / 2147483647);
  delete global.performance;

  // Loops inside the engine cannot be interrupted, so they are kept short.
  const longest = 1e6;
  function slipwayProxy(target, handler) {
    if (new.target === undefined) throw new TypeError("Proxy must be called with new");
    const proxy = new NativeProxy(target, handler);
    apply(add, proxies, [proxy]);
    return proxy;
  }
  set(slipwayProxy, "revocable", (target, handler) => {
    const made = NativeProxy.revocable(target, handler);
    apply(add, proxies, [made.proxy]);
    return made;
  });
  set(global, "Proxy", slipwayProxy);
  function slipwayLength(value) {
    if (typeof value !== "object" && typeof value !== "function" || value === null) return 0;
    if (isIn(proxies, value)) return Infinity;
    if (isArray(value)) return value.length;
    try { return apply(typedLength, value, []); } catch {}
    const own = getOwnPropertyDescriptor(value, "length");
    if (own !== undefined) return typeof own.value === "number" ? own.value : Infinity;
    for (let up = getPrototypeOf(value); up !== null; up = getPrototypeOf(up)) {
      if (isIn(proxies, up) || getOwnPropertyDescriptor(up, "length") !== undefined) return Infinity;
    }
    return 0;
  }
  function slipwayBound(value) {
    if (slipwayLength(value) > longest) throw new RangeError("arrays of more than a million elements are not supported in top-level code");
  }
  // Assigning keeps the attributes that a method has, and takes a fraction of
  // the time of defining it: each engine does this anew.
  const arrayNames = ownKeys(Array.prototype), arrays = Array.prototype;
  for (let n = 0; n < arrayNames.length; n++) {
    const name = arrayNames[n], native = arrays[name];
    if (typeof native !== "function" || name === "constructor") continue;
    const checksArguments = name === "concat";
    arrays[name] = function slipwayArray(...args) {
      slipwayBound(this);
      if (checksArguments) for (let i = 0; i < args.length; i++) slipwayBound(args[i]);
      return apply(native, this, args);
    };
  }
  for (const name of ["indexOf", "lastIndexOf", "includes", "split", "replace", "replaceAll"]) {
    const native = String.prototype[name];
    set(String.prototype, name, function slipwayText(...args) {
      if (typeof this === "string" && typeof args[0] === "string" && this.length * args[0].length > 1e9) {
        throw new RangeError("the strings are too long to search in top-level code");
      }
      return apply(native, this, args);
    });
  }

  // Stand-ins for bindings: everything may be done to them, and nothing comes
  // of it.
  const uses = { __proto__: null };
  let used = 0;
  function slipwayUse(name) {
    if (uses[name] !== undefined || used >= 20) return;
    used++;
    uses[name] = NativeString(new NativeError("").stack);
  }
  function slipwayStub(name, members) {
    const stub = new NativeProxy(function () {}, {
      get: function slipwayGet(_, key) {
        if (key === Symbol.toPrimitive) return () => "";
        if (key === Symbol.iterator) return () => ({ next: () => ({ done: true }) });
        if (key === "then" || typeof key === "symbol") return undefined;
        if (members) return slipwayMember(name + "." + apply(sliceText, key, [0, 64]));
        slipwayUse(name);
        return stub;
      },
      apply: function slipwayApply() { slipwayUse(name); return stub; },
      construct: function slipwayConstruct() { slipwayUse(name); return stub; },
      set: function slipwaySet() { slipwayUse(name); return true; },
    });
    apply(add, stubs, [stub]);
    apply(add, proxies, [stub]);
    return stub;
  }
  function slipwayMember(name) {
    slipwayUse(name);
    return slipwayStub(name, false);
  }
  set(global, "kinde", slipwayStub("kinde", true));
  for (const name of ["console", "URL", "URLSearchParams", "util"]) set(global, name, slipwayStub(name, false));

  // Reading: all text is made by hand, so that no toJSON and no array method of
  // the workflow's takes part.
  const cut = (text, length) => stringify(apply(sliceText, text, [0, length]));
  function slipwayType(value) {
    if (isIn(stubs, value)) return "binding";
    if (value === null) return "null";
    if (isArray(value)) return "array";
    return value === undefined ? "missing" : typeof value;
  }
  function slipwayValue(value) {
    const type = slipwayType(value);
    return '{"type":' + stringify(type) + (type === "string" ? ',"value":' + cut(value, 4096) : "") + "}";
  }
  function slipwaySettings(settings) {
    const type = slipwayType(settings);
    if (type !== "object") return '{"type":' + stringify(type) + "}";
    let text = '{"type":"object"';
    for (const name of ["id", "name", "trigger"]) text += "," + stringify(name) + ":" + slipwayValue(settings[name]);
    const policy = settings.failurePolicy, bindings = settings.bindings;
    text += ',"failurePolicy":' + slipwayValue(policy) + ',"bindings":' + slipwayValue(bindings);
    if (slipwayType(policy) === "object") text += ',"action":' + slipwayValue(policy.action);
    let options = "", others = "";
    if (slipwayType(bindings) === "object") {
      const names = keys(bindings);
      for (let i = 0; i < names.length && i < 200; i++) {
        options += (options && ",") + '{"type":' + stringify(slipwayType(bindings[names[i]])) + ',"value":' + cut(names[i], 256) + "}";
      }
    }
    const names = keys(settings);
    for (let i = 0; i < names.length && i < 100; i++) others += (others && ",") + cut(names[i], 64);
    return text + ',"options":[' + options + '],"keys":[' + others + "]}";
  }
  function slipwayDefault(value) {
    if (value === undefined) return "none";
    if (typeof value === "function" && !isIn(stubs, value)) {
      const prototype = getPrototypeOf(value);
      if (prototype === asyncPrototype) return "async";
      if (prototype === generatorPrototypes[0] || prototype === generatorPrototypes[1]) return "generator";
      return apply(sliceText, apply(functionText, value, []), [0, 5]) === "class" ? "class" : "sync";
    }
    return typeof value === "object" && value !== null && typeof value.handle === "function" ? "handler" : "other";
  }
  return function slipwayRead() {
    const exports = global.workflow;
    let seen = "";
    const names = keys(uses);
    for (let i = 0; i < names.length; i++) {
      seen += (seen && ",") + '{"name":' + stringify(names[i]) + ',"stack":' + cut(uses[names[i]], 2000) + "}";
    }
    return '{"stubs":[' + seen + '],"default":' + stringify(slipwayDefault(exports.default)) + ',"settings":' + slipwaySettings(exports.workflowSettings) + "}";
  };
})()
