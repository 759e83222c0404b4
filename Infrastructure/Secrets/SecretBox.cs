using System.Security.Cryptography;
using System.Text;
using Contracts.Storage;
using Infrastructure.Hosting;
using Infrastructure.Storage;
using Microsoft.Extensions.Options;

namespace Infrastructure.Secrets;

/// <summary>
/// AES-256-GCM under the configured keys or, embedded, under one that is made in the data folder when the first secret is to be kept.
/// </summary>
/// <remarks>What it makes: 1 (the form), 8 bytes that name the key, 12 of the nonce, 16 of the tag, and the encrypted bytes.</remarks>
internal sealed class SecretBox : ISecretBox
{
    private const byte Form = 1;
    private const int NameBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + NameBytes + NonceBytes + TagBytes;
    private const int KeyBytes = 32;

    private readonly Lock gate = new();
    private readonly DataFolder? folder;
    private volatile IReadOnlyList<(byte[] Name, byte[] Key)> keys;

    /// <param name="options">The configured keys.</param>
    /// <param name="folder">Where one may be made; null where several processes share a store.</param>
    /// <exception cref="StartupException">The key in the folder cannot be read.</exception>
    public SecretBox(IOptions<SecretOptions> options, DataFolder? folder)
    {
        this.folder = folder;

        // The one that was made still decrypts when another one is configured since.
        keys = [.. options.Value.ReadKeys().Concat(ReadMade(folder?.PathOf(DataFolder.SecretsKey))).Select(key => (NameOf(key), key))];
    }

    public byte[]? Seal(ReadOnlySpan<byte> secret, string place)
    {
        if (keys.Count == 0 && !TryMake())
        {
            return null;
        }

        var (name, key) = keys[0];
        var made = new byte[HeadBytes + secret.Length];
        made[0] = Form;
        name.CopyTo(made, 1);
        var nonce = made.AsSpan(1 + NameBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            nonce, secret, made.AsSpan(HeadBytes), made.AsSpan(HeadBytes - TagBytes, TagBytes), Encoding.UTF8.GetBytes(place));
        return made;
    }

    public byte[]? Open(ReadOnlySpan<byte> sealedSecret, string place)
    {
        if (sealedSecret.Length < HeadBytes || sealedSecret[0] != Form)
        {
            return null;
        }

        foreach (var (name, key) in keys)
        {
            if (!sealedSecret.Slice(1, NameBytes).SequenceEqual(name))
            {
                continue;
            }

            var secret = new byte[sealedSecret.Length - HeadBytes];
            using var aes = new AesGcm(key, TagBytes);
            try
            {
                aes.Decrypt(
                    sealedSecret.Slice(1 + NameBytes, NonceBytes), sealedSecret[HeadBytes..],
                    sealedSecret.Slice(HeadBytes - TagBytes, TagBytes), secret, Encoding.UTF8.GetBytes(place));
                return secret;
            }
            catch (AuthenticationTagMismatchException)
            {
                return null;
            }
        }

        return null;
    }

    public bool IsOutdated(ReadOnlySpan<byte> sealedSecret) =>
        keys.Count > 0 && sealedSecret.Length >= HeadBytes && !sealedSecret.Slice(1, NameBytes).SequenceEqual(keys[0].Name);

    /// <summary>A key's name tells nothing of the key: it is the beginning of a hash of 256 random bits.</summary>
    private static byte[] NameOf(byte[] key) => SHA256.HashData([.. "secret-box"u8, .. key])[..NameBytes];

    private static List<byte[]> ReadMade(string? path)
    {
        if (path is null || !File.Exists(path))
        {
            return [];
        }

        try
        {
            return SecretOptions.TryParse(File.ReadAllText(path), out var made) ? made
                : throw new StartupException($"{path} is not a key. Restore it from a backup: what it encrypted cannot be read without.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The key of the stored secrets cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Makes the embedded key, durably: a secret that outlives its key is lost.</summary>
    private bool TryMake()
    {
        if (folder is null)
        {
            return false;
        }

        lock (gate)
        {
            if (keys.Count == 0)
            {
                var key = RandomNumberGenerator.GetBytes(KeyBytes);
                try
                {
                    folder.WriteOnce(DataFolder.SecretsKey, $"{Convert.ToBase64String(key)}\n");
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    throw new StoreUnavailableException(
                        WriteOutcome.Refused, $"The key of the stored secrets cannot be written: {error.Message}", error);
                }

                keys = [(NameOf(key), key)];
            }
        }

        return true;
    }
}
