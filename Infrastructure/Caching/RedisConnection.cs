using Infrastructure.Hosting;
using Microsoft.Extensions.Hosting;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace Infrastructure.Caching;

/// <summary>
/// One connection to Redis for the process: every call is bounded in time, and after some that failed a breaker spares the rest the
/// waiting.
/// </summary>
internal sealed class RedisConnection : IHostedService, IAsyncDisposable
{
    /// <summary>Bound on one call (design rule 8: 50 to 100 ms).</summary>
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

    /// <param name="connectionString">As StackExchange.Redis reads it: <c>host:port,password=…,ssl=true</c>.</param>
    /// <exception cref="StartupException">It cannot be read.</exception>
    public RedisConnection(string connectionString)
    {
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            // Without what was written there: it may hold a password.
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

        // Seconds: a peer that is gone without a word is noticed after a few of them.
        options.KeepAlive = 2;
    }

    /// <summary>Connects in the background: Redis is not waited for.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        connecting = ConnectAsync();
        return Task.CompletedTask;
    }

    /// <summary>Runs this once the client exists; to be called before the start.</summary>
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

    /// <summary>Runs a call within its bound.</summary>
    /// <returns>False when it did not succeed.</returns>
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
#pragma warning disable CA1031 // Whatever fails here, the cache is empty: nothing may depend on it.
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

    /// <summary>Asks to be told of messages on a channel, once there is a connection.</summary>
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
            // The client keeps the handler of a call that failed, and the next attempt would add another one.
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
