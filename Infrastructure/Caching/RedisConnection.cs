using Infrastructure.Hosting;
using Microsoft.Extensions.Hosting;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace Infrastructure.Caching;

/// <summary>
/// One connection to Redis for the process. Every call has a time-out, and after several failures a circuit breaker spares further calls
/// the wait.
/// </summary>
internal sealed class RedisConnection : IHostedService, IAsyncDisposable
{
    /// <summary>Time-out of one call (design rule 8: 50 to 100 ms).</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(100);

    private readonly ConfigurationOptions options;
    private readonly ResiliencePipeline breaker = new ResiliencePipelineBuilder()
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 4,
            SamplingDuration = TimeSpan.FromSeconds(5),
            BreakDuration = TimeSpan.FromSeconds(1),
        })
        .Build();

    private Task<ConnectionMultiplexer>? connecting;
    private Action<IConnectionMultiplexer>? connected;

    /// <param name="connectionString">In the format of StackExchange.Redis: <c>host:port,password=…,ssl=true</c>.</param>
    /// <exception cref="StartupException">The connection string cannot be read.</exception>
    public RedisConnection(string connectionString)
    {
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            // The message leaves out the text itself: it may hold a password.
            throw new StartupException(
                "ConnectionStrings:Redis cannot be read. Expected: host:port, with further settings as StackExchange.Redis has them.",
                error);
        }

        if (options.EndPoints.Count == 0)
        {
            throw new StartupException("ConnectionStrings:Redis names no server. Expected: host:port.");
        }

        options.AbortOnConnectFail = false;
        options.ClientName ??= "timers";
        options.ConnectTimeout = 1_000;
        options.SyncTimeout = 1_000;
        options.AsyncTimeout = 1_000;

        // A SET that waited for a connection while its caller gave up would overwrite a newer copy.
        options.BacklogPolicy = BacklogPolicy.FailFast;

        // In seconds: a peer that vanishes silently is noticed after a few of them.
        options.KeepAlive = 2;
    }

    /// <summary>Connects in the background: the start does not wait for Redis.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        connecting = ConnectAsync();
        return Task.CompletedTask;
    }

    /// <summary>Runs the action once the client exists; must be called before the start.</summary>
    public void OnConnected(Action<IConnectionMultiplexer> action) => connected = action;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (connecting is not null)
        {
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connecting.IsCompletedSuccessfully)
            {
                (await connecting).Dispose();
            }
        }
    }

    /// <summary>Runs a call within the time-out.</summary>
    /// <returns>False if the call failed.</returns>
    public async ValueTask<(bool IsDone, T? Result)> TryAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        if (connecting is not { IsCompletedSuccessfully: true } connected)
        {
            return default;
        }

        var database = (await connected).GetDatabase();
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            var outcome = await breaker.ExecuteOutcomeAsync(
                static async (_, state) =>
                {
                    try
                    {
                        return Outcome.FromResult(await state.call(state.database).WaitAsync(MaxWait, state.cancellationToken));
                    }
#pragma warning disable CA1031 // Any failure counts as an empty cache: nothing may depend on it.
                    catch (Exception error)
#pragma warning restore CA1031
                    {
                        return Outcome.FromException<T>(error);
                    }
                },
                context,
                (call, database, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            return outcome.Exception is null ? (true, outcome.Result) : default;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Subscribes to a channel once there is a connection.</summary>
    public async Task<IAsyncDisposable> SubscribeAsync(RedisChannel channel, Action told)
    {
        var subscriber = (await connecting!).GetSubscriber();
        void Handle(RedisChannel from, RedisValue message) => told();
        var subscription = new Subscription(() => subscriber.UnsubscribeAsync(channel, Handle));
        try
        {
            await subscriber.SubscribeAsync(channel, Handle);
            return subscription;
        }
        catch
        {
            // The client keeps the handler of a failed call, and the next attempt would add another one.
            await subscription.DisposeAsync();
            throw;
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(options);
        connected?.Invoke(redis);
        return redis;
    }

    private sealed class Subscription(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
