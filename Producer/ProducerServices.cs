using System.Text.Json;
using Contracts.Timers;
using FluentValidation;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Producer.Docs;
using Producer.Http;
using Producer.Seeds;
using Producer.Timers;

namespace Producer;

/// <summary>The Producer: REST in, events out; also the reads and the commands.</summary>
public static class ProducerServices
{
    /// <summary>Adds the slices and what they share.</summary>
    public static IServiceCollection AddProducer(this IServiceCollection services)
    {
        ValidatorOptions.Global.PropertyNameResolver = (_, member, _) => member is null ? null : JsonNamingPolicy.CamelCase.ConvertName(member.Name);

        services.AddOptions<ProducerOptions>().BindSettings(ProducerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IProblemDetailsService, SizedProblems>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => Complete(context));
        services.AddSingleton<IProblemDetailsWriter, ProblemsForAll>();
        services.AddExceptionHandler<ExceptionProblems>();
        services.AddRequestDecompression(options =>
        {
            options.DecompressionProviders.Clear();
            options.DecompressionProviders.Add(GzipBody.Encoding, new GzipBody());
        });
        services.ConfigureHttpJsonOptions(options =>
            ProducerJson.Configure(options.SerializerOptions).TypeInfoResolverChain.Insert(0, ProducerJson.Default));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IArmedTimers, NoArmedTimers>();
        services.TryAddSingleton<ITimerKeys, PlainKeys>();
        services.AddApiDocument();

        return services
            .AddScheduleTimer()
            .AddListTimers()
            .AddChangeTimer()
            .AddReplayTimers()
            .AddSeedTimers();
    }

    /// <summary>Maps all routes: this is the table of contents of the HTTP surface.</summary>
    public static WebApplication MapProducer(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRequestDecompression();
        app.Use(RefuseOtherEncodingsAsync);

        var serves = app.Services.GetRequiredService<IOptions<ProducerOptions>>().Value.Serves;
        var timers = app.MapGroup(TimerRoutes.Root).WithTags("Timers").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            timers.MapScheduleTimer();
            timers.MapScheduleTimerBatch();
            timers.MapChangeTimer();
            timers.MapCancelTimer();
            timers.MapPauseTimer();
            timers.MapResumeTimer();
            timers.MapFireTimer();
            timers.MapReplayTimer();
            timers.MapReplayTimers();
        }

        if (serves != ServedRequests.Writes)
        {
            timers.MapListTimers();
            timers.MapCountTimers();
            timers.MapGetTimer();
            timers.MapListAttempts();
        }

        app.MapSeedTimers(serves);
        app.MapApiDocument();
        return app;
    }

    /// <summary>What decompression has not taken off would be read as if it were plain (RFC 9110 §8.4).</summary>
    private static Task RefuseOtherEncodingsAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding.Count == 0)
        {
            return next(context);
        }

        context.Response.Headers.AcceptEncoding = GzipBody.Encoding;
        return Problems.UnsupportedMediaType("the body as it is, or Content-Encoding: gzip").ExecuteAsync(context);
    }

    private static void Complete(ProblemDetailsContext context)
    {
        if (context.ProblemDetails.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.HttpContext.Response.Headers.RetryAfter = Problems.RetryAfterSeconds;
        }
    }
}
