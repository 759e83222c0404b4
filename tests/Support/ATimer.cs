using Contracts.Timers;

namespace Tests.Support;

/// <summary>Builds timers; a test states only what matters to it.</summary>
public sealed class ATimer
{
    private Guid id = Guid.CreateVersion7();
    private DateTimeOffset dueAt = Clocks.Noon;
    private DateTimeOffset createdAt = Clocks.Noon;
    private long? fingerprint;
    private TimerSpec spec = new() { Url = new Uri("http://127.0.0.1:2/hook") };

    public static ATimer New() => new();

    public ATimer WithId(Guid value) => With(() => id = value);

    /// <summary>A timer as a Producer makes it if the client chooses the id.</summary>
    public ATimer OwnedBy(string tenant, string ownId) => With(() =>
    {
        id = TimerKey.FromId(tenant, ownId);
        spec = spec with { OwnId = ownId == id.ToString("D") ? null : ownId };
    });

    public ATimer DueAt(DateTimeOffset value) => With(() => dueAt = value);

    public ATimer CreatedAt(DateTimeOffset value) => With(() => createdAt = value);

    public ATimer WithFingerprint(long value) => With(() => fingerprint = value);

    public ATimer WithTags(params string[] tags) => With(() => spec = spec with { Tags = tags });

    public ATimer Parked() => With(() => spec = spec with { OnAmbiguous = AmbiguousPolicy.Park });

    public ATimer WithSpec(Func<TimerSpec, TimerSpec> change) => With(() => spec = change(spec));

    public TimerScheduled Build() => new(id, dueAt, createdAt, spec, fingerprint);

    private ATimer With(Action change)
    {
        change();
        return this;
    }
}
