using System.Text.Json;
using FluentValidation;
using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Targets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Producer.Docs;
using Producer.Http;
using Producer.Live;
using Producer.Slices;

namespace Producer;

/// <summary>The Producer: REST in, events out; also the reads and the commands.</summary>
public static class ProducerServices
{
    /// <summary>Adds the slices and their shared services.</summary>
    public static EngineBuilder AddProducer(this EngineBuilder engines) => engines.AddProducer(ProducerSlices.All);

    internal static EngineBuilder AddProducer(this EngineBuilder engines, IReadOnlyList<ProducerSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(engines);
        ValidatorOptions.Global.PropertyNameResolver = (_, member, _) =>
            member is null ? null : JsonNamingPolicy.CamelCase.ConvertName(member.Name);

        var services = engines.Services;
        services.AddOptions<ProducerOptions>().BindSettings(ProducerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IProblemDetailsService, SizedProblems>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => Complete(context));
        services.AddSingleton<IProblemDetailsWriter, ProblemsForAll>();
        services.AddExceptionHandler<ExceptionProblems>();
        services.AddSingleton<IRefusalShape, ErrorShape.OfRefusals>();
        services.AddRequestDecompression(options =>
        {
            options.DecompressionProviders.Clear();
            options.DecompressionProviders.Add(GzipBody.Encoding, new GzipBody());
            options.DecompressionProviders.Add(BrotliBody.Encoding, new BrotliBody());
        });
        services.ConfigureHttpJsonOptions(options =>
        {
            var resolvers = HttpJson.Configure(options.SerializerOptions).TypeInfoResolverChain;
            resolvers.Insert(0, HttpJson.Default);
            foreach (var slice in slices)
            {
                resolvers.Insert(0, slice.Json);
            }
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new RequestMemory(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IRequestTenant, KeyTenant>();
        services.AddTargets().AddSingleton<WebTargets>();
        services.AddSingleton<LiveHub>().AddSingleton<LiveMetrics>();
        services.AddApiDocument();
        foreach (var slice in slices)
        {
            services.AddSingleton(slice);
            services.AddSingleton(slice.Api);
            slice.AddTo(engines);
        }

        return engines;
    }

    /// <summary>Maps all routes of the slices and the API document.</summary>
    public static WebApplication MapProducer(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRequestDecompression();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = LiveStream.Beat, KeepAliveTimeout = LiveStream.Beat });
        app.Use(RefuseOtherEncodingsAsync);
        app.UseNegotiation();

        var serves = app.Services.GetRequiredService<IOptions<ProducerOptions>>().Value.Serves;
        foreach (var slice in app.Services.GetServices<ProducerSlice>())
        {
            slice.Map(app.MapGroup(string.Empty).WithMetadata(slice.Api).WithHead().WithNegotiation().WithAccess(slice.Name), serves);
        }

        app.MapApiDocument();
        return app;
    }

    /// <summary>An encoding that decompression did not handle would be read as plain content (RFC 9110 §8.4).</summary>
    private static Task RefuseOtherEncodingsAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding.Count == 0)
        {
            return next(context);
        }

        context.Response.Headers.AcceptEncoding = $"{GzipBody.Encoding}, {BrotliBody.Encoding}";
        const string Expected = "the body as it is, or Content-Encoding: gzip or br";
        return (ErrorShape.Of(context)?.Answer(context, StatusCodes.Status415UnsupportedMediaType, $"Send {Expected}.")
            ?? Problems.UnsupportedMediaType(Expected)).ExecuteAsync(context);
    }

    private static void Complete(ProblemDetailsContext context)
    {
        if (context.ProblemDetails.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.HttpContext.Response.Headers.RetryAfter = Problems.RetryAfterSeconds;
        }
    }
}
