// https://w3c.github.io/webcrypto/

interface mixin GlobalCrypto {
  [SameObject] readonly attribute Crypto crypto;
};
Window includes GlobalCrypto;
WorkerGlobalScope includes GlobalCrypto;

[Exposed=(Window,Worker)]
interface Crypto {
  [SecureContext] readonly attribute SubtleCrypto subtle;
  object getRandomValues(ArrayBufferView array);
  [SecureContext] DOMString randomUUID();
};

enum KeyType { "public", "private", "secret" };
enum KeyUsage { "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey" };
enum KeyFormat { "raw", "spki", "pkcs8", "jwk" };

[SecureContext, Exposed=(Window,Worker), Serializable]
interface CryptoKey {
  readonly attribute KeyType type;
  readonly attribute boolean extractable;
  readonly attribute object algorithm;
  readonly attribute object usages;
};

typedef (object or DOMString) AlgorithmIdentifier;

[SecureContext, Exposed=(Window,Worker)]
interface SubtleCrypto {
  Promise<any> encrypt(AlgorithmIdentifier algorithm, CryptoKey key, BufferSource data);
  Promise<any> decrypt(AlgorithmIdentifier algorithm, CryptoKey key, BufferSource data);
  Promise<any> sign(AlgorithmIdentifier algorithm, CryptoKey key, BufferSource data);
  Promise<any> verify(AlgorithmIdentifier algorithm, CryptoKey key, BufferSource signature, BufferSource data);
  Promise<any> digest(AlgorithmIdentifier algorithm, BufferSource data);

  Promise<any> generateKey(AlgorithmIdentifier algorithm, boolean extractable, sequence<KeyUsage> keyUsages);
  Promise<any> deriveKey(AlgorithmIdentifier algorithm, CryptoKey baseKey, AlgorithmIdentifier derivedKeyType, boolean extractable, sequence<KeyUsage> keyUsages);
  Promise<ArrayBuffer> deriveBits(AlgorithmIdentifier algorithm, CryptoKey baseKey, optional unsigned long? length = null);

  Promise<CryptoKey> importKey(KeyFormat format, object keyData, AlgorithmIdentifier algorithm, boolean extractable, sequence<KeyUsage> keyUsages);
  Promise<any> exportKey(KeyFormat format, CryptoKey key);

  Promise<any> wrapKey(KeyFormat format, CryptoKey key, CryptoKey wrappingKey, AlgorithmIdentifier wrapAlgorithm);
  Promise<CryptoKey> unwrapKey(KeyFormat format, BufferSource wrappedKey, CryptoKey unwrappingKey, AlgorithmIdentifier unwrapAlgorithm, AlgorithmIdentifier unwrappedKeyAlgorithm, boolean extractable, sequence<KeyUsage> keyUsages);
};
