using Contracts.Access;
using Contracts.Common;
using Microsoft.Extensions.Options;

namespace Infrastructure.Access;

/// <summary>Adds the first key: the configured one, or one that it makes where keys are always needed.</summary>
/// <param name="store">Where keys are kept.</param>
/// <param name="options">Where the first one comes from.</param>
/// <param name="time">The clock.</param>
/// <param name="listening">Where the service listens.</param>
/// <param name="isProducer">Whether this service may: of the three only the Producer does.</param>
/// <param name="output">Gets the key that was made, once. Not a log: logs are kept, and sent elsewhere.</param>
internal sealed class KeyMaker(
    IKeyStore store, IOptions<KeyOptions> options, TimeProvider time, Listening listening, bool isProducer, TextWriter output)
{
    /// <summary>The id of the key that is made: of several Producers that start at once, only one can add it.</summary>
    private const string MadeId = "first";

    private const string Name = "first";

    /// <returns>Whether a key was added.</returns>
    public async Task<bool> AddMissingAsync(KeySet known, CancellationToken cancellationToken)
    {
        if (!isProducer)
        {
            return false;
        }

        if (options.Value.ReadFirst() is { } given && KeyText.TryParse(given, out var first))
        {
            return !known.Keys.ContainsKey(first.Id) && await AddAsync(first, cancellationToken);
        }

        if (options.Value.Need != KeyNeed.Always || known.Keys.Count > 0)
        {
            return false;
        }

        var made = KeyText.Create(MadeId);
        if (!await AddAsync(made, cancellationToken))
        {
            return false;
        }

        await output.WriteLineAsync($"The first key, for an administrator. It is shown this once; keep it: {made.Text}");
        if (listening.Local is { } address)
        {
            await output.WriteLineAsync($"Try it: curl -H 'Authorization: Bearer {made.Text}' {address}/api/v1/timers");
        }

        return true;
    }

    private Task<bool> AddAsync(KeyText text, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return store.TryAddAsync(
            new ApiKey
            {
                Id = text.Id,
                Tenant = Tenant.Default,
                Name = Name,
                Scopes = [KeyScopes.Write(null, KeyVerb.Admin)],
                Hash = text.Hash(),
                CreatedAt = now,
                ChangedAt = now,
            },
            cancellationToken);
    }
}
