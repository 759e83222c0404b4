using System.Diagnostics.Metrics;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Runner.Timers.Delivery;
using Runner.Timers.Due;
using Runner.Timers.Leases;
using Runner.Timers.Receivers;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

/// <summary>The Runner's real parts, put together by hand: the clock is the test's, the store can fail, nothing runs by itself.</summary>
internal sealed class RunnerParts : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IOptions<DueOptions> due;
    private readonly List<ClaimPass> passes = [];

    public RunnerParts(DueOptions? due = null, DeliveryOptions? delivery = null, IOutcomePages? pages = null)
    {
        this.due = Options.Create(due ?? new DueOptions());
        var sending = Options.Create(delivery ?? new DeliveryOptions());
        Store = new FaultyTimerStore(Clock);
        StoreClock = new WallClock(Clock);
        WakeUps = new WakeUps(StoreClock, this.due);
        Armed = new ArmedTimers(this.due, StoreClock);
        Exchange = CreateExchange(Clock, Lease, Lookups);
        Budget = new SendBudget(
            sending.Value.InFlight ?? DeliveryOptions.DefaultInFlight, sending.Value.InFlightPerAddress, TimeProvider.System);
        Keeper = new OutcomeKeeper(Budget, Clock, NullLogger<OutcomeKeeper>.Instance, pages);
        Metrics = new RunnerMetrics(services.GetRequiredService<IMeterFactory>());
        Recorder = new OutcomeRecorder(
            Store, Journal, Keeper, Armed, StoreClock, WakeUps, Live, Metrics, Clock, this.due, NullLogger<OutcomeRecorder>.Instance);
        Shortages = new Shortages(services.GetRequiredService<IMeterFactory>(), Clock, NullLogger<Shortages>.Instance);
        Sender = new WebhookSender(
            Exchange, new Verdict(sending, new NoChance()), Recorder, Store, Lease, StoreClock, Clock,
            Metrics, Shortages, new KeptResponses(sending), NullLogger<WebhookSender>.Instance);
        Destinations = new Destinations(sending, Sender, Lookups, Budget, Clock);
        Gate = new ClaimGate(
            Lease, Store, new LeftOutcomes(Store, Journal, Live, NullLogger<LeftOutcomes>.Instance), StoreClock, Live,
            NullLogger<ClaimGate>.Instance);
    }

    public FakeTimeProvider Clock { get; } = Clocks.AtNoon();

    public FaultyTimerStore Store { get; }

    public WallClock StoreClock { get; }

    public SwitchedJournal Journal { get; } = new();

    public SwitchedLease Lease { get; } = new();

    public WakeUps WakeUps { get; }

    /// <summary>What watchers are told.</summary>
    public RecordedNotices Live { get; } = new();

    public ArmedTimers Armed { get; }

    public HostLookups Lookups { get; } = new(TimeProvider.System);

    public SendBudget Budget { get; }

    public Shortages Shortages { get; }

    public ClaimGate Gate { get; }

    public WebhookExchange Exchange { get; }

    public OutcomeKeeper Keeper { get; }

    public OutcomeRecorder Recorder { get; }

    public RunnerMetrics Metrics { get; }

    public WebhookSender Sender { get; }

    public Destinations Destinations { get; }

    public static WebhookExchange CreateExchange(
        TimeProvider clock, SwitchedLease lease, HostLookups? lookups = null, int maxConnections = 1_000) =>
        new(new WallClock(clock), lease, new ReceiverConnections(lookups ?? new HostLookups(TimeProvider.System), maxConnections));

    public static async Task<RunnerParts> StartAsync(
        DueOptions? due = null, DeliveryOptions? delivery = null, IOutcomePages? pages = null)
    {
        var parts = new RunnerParts(due, delivery, pages);
        await parts.Recorder.StartAsync(default);
        return parts;
    }

    public ClaimPass Pass(Lane lane)
    {
        passes.Add(new ClaimPass(
            lane, Store, StoreClock, Lease, new EveryShard(), new ForeignShards(new Peers(Clock), Random.Shared), Armed, Destinations, Gate,
            due, Clock));
        return passes[^1];
    }

    /// <summary>Stores timers, claims them and takes them in.</summary>
    public async Task<IReadOnlyList<ArmedTimer>> ArmAsync(Lane lane, params IEnumerable<ATimer> timers)
    {
        await Store.AddAsync([.. timers.Select(timer => timer.Build())], default);
        var claimed = await Store.ClaimAsync(
            new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon.AddHours(1), 10_000, long.MaxValue), default);
        return Armed.Add(claimed, lane);
    }

    public void Enqueue(IEnumerable<ArmedTimer> timers)
    {
        foreach (var timer in timers)
        {
            Destinations.Enqueue(timer);
        }
    }

    public async Task<TimerRecord> FindAsync(Guid key) => (await Store.FindAsync([key], default)).Single();

    public async Task<long> CountAsync(TimerState state) => (await Store.CountAsync(default)).ByState.GetValueOrDefault(state);

    public async ValueTask DisposeAsync()
    {
        Sender.Abort();
        await Eventually.That(() => Destinations.InFlight == 0, TimeSpan.FromSeconds(10), "nothing is under way");
        await Recorder.StopAsync(new CancellationToken(canceled: true));
        passes.ForEach(pass => pass.Dispose());
        Gate.Dispose();
        Sender.Dispose();
        Recorder.Dispose();
        Exchange.Dispose();
        Budget.Dispose();
        Lookups.Dispose();
        Armed.Dispose();
        WakeUps.Dispose();
        Store.Dispose();
        await services.DisposeAsync();
    }

    /// <summary>A timer as a claim hands it over, before its first attempt.</summary>
    public static ClaimedTimer Claimed(DateTimeOffset due, TimerSpec spec) =>
        new(Guid.NewGuid(), new ClaimToken(1), due, due, 1, 0, 0, spec);

    public sealed class SwitchedLease : IRunnerLease
    {
        public Guid Runner { get; set; }

        public bool CanLapse { get; set; }

        public bool IsLive { get; set; } = true;

        /// <summary>Runs whenever somebody asks.</summary>
        public Action OnAsked { get; set; } = () => { };

        public bool MaySend(Guid runner)
        {
            OnAsked();
            return IsLive && runner == Runner;
        }
    }

    /// <summary>Keeps outcomes in memory while it is on.</summary>
    public sealed class SwitchedJournal : IOutcomeJournal
    {
        public bool IsOn { get; set; }

        public string? Fault => null;

        public List<AttemptOutcome> Left { get; } = [];

        /// <summary>Appended and not released yet.</summary>
        public int Held { get; private set; }

        public IOutcomeJournal.Receipt? TryAppend(AttemptOutcome outcome)
        {
            lock (Left)
            {
                Held += IsOn ? 1 : 0;
                return IsOn ? new IOutcomeJournal.Receipt(0) : null;
            }
        }

        public void Release(IOutcomeJournal.Receipt receipt)
        {
            lock (Left)
            {
                Held--;
            }
        }

        public IReadOnlyList<(AttemptOutcome Outcome, IOutcomeJournal.Receipt Receipt)> TakeLeft()
        {
            Held += Left.Count;
            var left = Left.ConvertAll(outcome => (outcome, new IOutcomeJournal.Receipt(0)));
            Left.Clear();
            return left;
        }
    }

    /// <summary>Draws what adds no jitter.</summary>
    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
    }
}
