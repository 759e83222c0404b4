using System.Collections.Frozen;
using Contracts.Signing;
using Microsoft.Extensions.Options;
using Runner.Timers.Receivers;

namespace Runner.Timers.Profiles;

/// <summary>
/// What some receivers want of whoever calls them, from <c>Receivers:File</c>. It is read again when it changes, or a file that it names:
/// whoever renews a certificate need not restart the Runner.
/// </summary>
internal sealed partial class ReceiverProfiles : IDisposable
{
    /// <summary>Pause between two looks at the files.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long what was replaced stays usable: longer than any webhook takes.</summary>
    private static readonly TimeSpan Retired = TimeSpan.FromMinutes(15);

    private readonly string? file;
    private readonly ReceiverConnections connections;
    private readonly TimeProvider time;
    private readonly ILogger<ReceiverProfiles> logger;
    private readonly Lock gate = new();
    private readonly Queue<(long At, Loaded Loaded)> retired = new();
    private volatile Loaded loaded;
    private long looked;

    /// <summary>Reads the file; what is wrong with it has been found by then.</summary>
    public ReceiverProfiles(
        IOptions<ReceiverOptions> options, ReceiverConnections connections, TimeProvider time, ILogger<ReceiverProfiles> logger)
    {
        file = string.IsNullOrWhiteSpace(options.Value.File) ? null : options.Value.File;
        this.connections = connections;
        this.time = time;
        this.logger = logger;
        loaded = file is null ? Loaded.Empty : Load(file, [file]);
        looked = time.GetTimestamp();
    }

    /// <summary>What a tenant's webhooks to an address need; null for nothing.</summary>
    public ReceiverProfile? Find(string tenant, Uri url)
    {
        if (file is null)
        {
            return null;
        }

        if (time.GetElapsedTime(Volatile.Read(ref looked)) > Pause)
        {
            Look(file);
        }

        return loaded.Profiles.GetValueOrDefault((tenant, SigningDestination.Of(url)));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            loaded.Dispose();
            foreach (var (_, old) in retired)
            {
                old.Dispose();
            }
        }
    }

    private void Look(string path)
    {
        lock (gate)
        {
            if (time.GetElapsedTime(looked) <= Pause)
            {
                return;
            }

            Volatile.Write(ref looked, time.GetTimestamp());
            while (retired.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > Retired)
            {
                retired.Dequeue().Loaded.Dispose();
            }

            if (Stamp(loaded.Files) == loaded.Changed)
            {
                return;
            }

            try
            {
                var fresh = Load(path, loaded.Files);
                retired.Enqueue((time.GetTimestamp(), loaded));
                loaded = fresh;
                LogReloaded(path, fresh.Profiles.Count);
            }
            catch (Exception error) when (ReceiverFiles.IsFault(error) || error is FormatException)
            {
                // Half written, most likely: what was read before goes on until it changes again.
                loaded = loaded with { Changed = Stamp(loaded.Files) };
                LogUnreadable(path, error.Message);
            }
        }
    }

    /// <exception cref="FormatException">The file is wrong.</exception>
    private Loaded Load(string path, IReadOnlyList<string> before)
    {
        // Before they are read: what changes meanwhile is read again.
        var known = Stamp(before);
        var receivers = ReceiverFile.Read(path, out var faults);
        if (faults.Count > 0)
        {
            throw new FormatException(string.Join("; ", faults));
        }

        List<string> files = [path, .. receivers.SelectMany(each => each.Files)];
        var changed = files.SequenceEqual(before, StringComparer.Ordinal) ? known : Stamp(files);
        return new Loaded(
            receivers.ToFrozenDictionary(
                each => (each.Tenant, each.Destination),
                each => new ReceiverProfile(each, ReceiverFiles.Read(each), connections, time)),
            files,
            changed);
    }

    private static string Stamp(IReadOnlyList<string> files) =>
        string.Join(',', files.Select(each => File.GetLastWriteTimeUtc(each).Ticks));

    [LoggerMessage(3107, LogLevel.Information, "{File} was reloaded; receivers in it: {Count}")]
    private partial void LogReloaded(string file, int count);

    [LoggerMessage(3108, LogLevel.Warning, "{File} cannot be reloaded, and the settings read before stay in force: {Reason}")]
    private partial void LogUnreadable(string file, string reason);

    /// <param name="Profiles">By tenant and destination.</param>
    /// <param name="Files">What they were read from.</param>
    /// <param name="Changed">When those had last changed.</param>
    private sealed record Loaded(
        FrozenDictionary<(string Tenant, SigningDestination Destination), ReceiverProfile> Profiles, IReadOnlyList<string> Files,
        string Changed) : IDisposable
    {
        public static Loaded Empty { get; } =
            new(FrozenDictionary<(string Tenant, SigningDestination Destination), ReceiverProfile>.Empty, [], string.Empty);

        public void Dispose()
        {
            foreach (var profile in Profiles.Values)
            {
                profile.Dispose();
            }
        }
    }
}
