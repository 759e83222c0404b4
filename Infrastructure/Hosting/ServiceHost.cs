using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Hosting;

/// <summary>The parts that all programs share: address, logging, telemetry, and a start with clear error messages.</summary>
public static partial class ServiceHost
{
    /// <summary>Exit code of a start that the configuration does not allow.</summary>
    public const int CannotStart = 2;

    /// <summary>A timer's own time-out is a minute at most; stopping waits for what is in flight.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(75);

    /// <summary>How long requests may still take then: the rest of the time is for webhooks in flight and their outcomes.</summary>
    private static readonly TimeSpan RequestStopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A builder with the parts that all programs share.</summary>
    /// <param name="service">The service's name in telemetry.</param>
    /// <param name="args">The command line: settings, and switches that stand for one.</param>
    /// <param name="port">Where it listens, on loopback, when nothing says otherwise.</param>
    public static WebApplicationBuilder CreateBuilder(string service, string[] args, int port = 3000)
    {
        // Watching settings for changes would watch the working directory, and with it every write to the data below it.
        var builder = WebApplication.CreateBuilder(
            [.. args.Select(argument => argument == "--in-memory" ? "--Storage:InMemory=true" : argument),
                "--hostBuilder:reloadConfigOnChange=false"]);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.Configuration["urls"] = $"http://127.0.0.1:{port}";
        }

        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Beyond, a connection is closed at once; unbounded, clients that only connect would end the process.
            kestrel.Limits.MaxConcurrentConnections = Descriptors.ForClients;
            kestrel.Limits.MaxConcurrentUpgradedConnections = Descriptors.ForClients;

            // An answer is held in memory until its client has read it.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(10));
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Quartz", LogLevel.Warning);

        // A client that resets its connection amid a chunk is a warning with a stack trace to it.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);

        // ASP.NET makes a scope for the log of each request as long as this category is on, which every request pays for
        // (docs/performance.md).
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // What does not serve is logged by itself, once, not each time that somebody asks.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        // A failing start is told once, by RunAsync, in words; what fails later is the host's to log.
        var progress = new StartProgress();
        builder.Services.AddSingleton(progress);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => progress.IsStarted && level >= LogLevel.Warning);
        builder.Services.AddTelemetry(builder.Configuration, service);
        builder.Services.AddOptions<GateOptions>().BindSettings(GateOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddTls();
        builder.Services.AddSingleton<Refusals>();
        builder.Services.AddSingleton<WebGate>();
        SectionNames.AddTo(builder.Services);
        return builder;
    }

    /// <summary>Builds and runs the program until it is stopped.</summary>
    /// <returns>The process's exit code: 0, or <see cref="CannotStart"/> with one message on standard error.</returns>
    public static Task<int> RunAsync(WebApplicationBuilder builder, Action<WebApplication> map) => RunAsync(builder, map, Console.Error);

    /// <param name="builder">The program, with its services.</param>
    /// <param name="map">Maps its routes.</param>
    /// <param name="errors">Gets the one message that says why it cannot start.</param>
    internal static async Task<int> RunAsync(WebApplicationBuilder builder, Action<WebApplication> map, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(map);
        using var outOfTime = new CancellationTokenSource();
        var gate = ServerFirst.Add(builder, StartAhead.BeginAll(builder.Services));
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Use(next => connection => gate.PassAsync(connection, next));
            endpoint.Use(next => connection => AbortWhenAsync(connection, next, outOfTime.Token));
        }));
        try
        {
            await using var app = builder.Build();
            await BuildAsync(app, map);

            app.Lifetime.ApplicationStopping.Register(() => EndRequests(outOfTime));
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Told to stop before it had begun.
                return 0;
            }

            app.Services.GetRequiredService<StartProgress>().IsStarted = true;
            foreach (var address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
            {
                if (HasDocumentation(app))
                {
                    LogDocumented(app.Logger, address);
                }
                else
                {
                    LogStarted(app.Logger, address);
                }
            }

            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception error) when (Reason(error) is not null)
        {
            await errors.WriteLineAsync($"Cannot start: {Reason(error)}");
            return CannotStart;
        }
    }

    private static void EndRequests(CancellationTokenSource outOfTime)
    {
        try
        {
            outOfTime.CancelAfter(RequestStopTimeout);
        }
        catch (ObjectDisposedException)
        {
            // A start that failed is over before the host says that it stops.
        }
    }

    /// <summary>Settings are checked beside the mapping of routes. What is wrong with settings is told first.</summary>
    private static async Task BuildAsync(WebApplication app, Action<WebApplication> map)
    {
        var validated = Task.Run(() => Validate(app.Services));
        try
        {
            UseGate(app);
            map(app);
        }
        finally
        {
            await validated;
        }
    }

    /// <summary>What every request passes, of every program, before its routes.</summary>
    internal static void UseGate(WebApplication app)
    {
        UseOneScope(app);
        app.UseTrustedProxies();
        app.Use(app.Services.GetRequiredService<WebGate>().PassAsync);
        app.Services.GetService<IRequestGate>()?.AddTo(app);
    }

    /// <summary>All services are singletons: a request needs no scope of its own.</summary>
    private static void UseOneScope(WebApplication app) => app.Use((context, next) =>
    {
        context.RequestServices = app.Services;
        return next(context);
    });

    /// <summary>
    /// A client that sends or reads slowly would else use up the time for stopping: the server stops before all others do.
    /// </summary>
    private static async Task AbortWhenAsync(ConnectionContext connection, ConnectionDelegate next, CancellationToken outOfTime)
    {
        await using var abort = outOfTime.UnsafeRegister(static open => ((ConnectionContext)open!).Abort(), connection);
        await next(connection);
    }

    /// <summary>Reports all configuration errors at once, whichever part found them.</summary>
    /// <exception cref="StartupException">There are some.</exception>
    private static void Validate(IServiceProvider services)
    {
        var faults = services.GetServices<StartFaults>().SelectMany(found => found.Messages).ToList();
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception error) when (error is OptionsValidationException or AggregateException)
        {
            faults.AddRange((Reason(error) ?? throw new InvalidOperationException("Validation failed.", error)).Split(Environment.NewLine));
        }

        if (faults.Count > 0)
        {
            throw new StartupException(string.Join(Environment.NewLine, faults.Distinct(StringComparer.Ordinal)));
        }
    }

    /// <summary>The message for an operator; null for a defect, which keeps its stack trace.</summary>
    private static string? Reason(Exception error) => error switch
    {
        StartupException => error.Message,
        OptionsValidationException validation => string.Join(Environment.NewLine, Faults(validation)),
        AggregateException many when many.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            string.Join(Environment.NewLine, many.InnerExceptions.Cast<OptionsValidationException>().SelectMany(Faults)),
        InvalidOperationException when error.Message.StartsWith("Configuration value", StringComparison.Ordinal) =>
            $"Logging:LogLevel: {error.Message}",
        IOException when error.Message.Contains("bind", StringComparison.OrdinalIgnoreCase) =>
            $"{error.Message} Name another address with --urls.",
        SocketException => $"The service cannot listen there: {error.Message}. Name another address with --urls.",
        ArgumentOutOfRangeException { ParamName: "port" } => "The port to listen on must not be beyond 65535. Name another with --urls.",
        FormatException or InvalidOperationException { InnerException: FormatException } => error.Message,
        _ => null,
    };

    /// <summary>Faults under the names that the settings have, not those of the classes behind them.</summary>
    private static IEnumerable<string> Faults(OptionsValidationException validation)
    {
        var section = validation.OptionsType.GetField("Section")?.GetValue(null) as string;
        return validation.Failures.Select(failure => Annotation().Match(failure) is { Success: true } match
            ? $"{section}:{match.Groups["member"].Value}: {match.Groups["error"].Value}"
            : failure);
    }

    [GeneratedRegex("^DataAnnotation validation failed for '[^']*' members: '(?<member>[^']*)' with the error: '(?<error>.*)'\\.$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Annotation();

    private static bool HasDocumentation(IEndpointRouteBuilder app) => app.DataSources.SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/openapi/", StringComparison.Ordinal) == true);

    [LoggerMessage(1, LogLevel.Information, "Timers listens on {Address}; its documentation is at {Address}/docs")]
    private static partial void LogDocumented(ILogger logger, string address);

    [LoggerMessage(2, LogLevel.Information, "Listens on {Address}, for health and metrics")]
    private static partial void LogStarted(ILogger logger, string address);

    /// <summary>Whether the start is over.</summary>
    private sealed class StartProgress
    {
        public bool IsStarted { get; set; }
    }
}
