using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Producer.Http;

/// <summary>Turns unhandled exceptions into problem details: unavailability into 503, too large into 413, defects into 500.</summary>
internal sealed partial class ExceptionProblems(IProblemDetailsService problems, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    public const string BadEncoding = "The body is not what its Content-Encoding says.";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case StoreUnavailableException unavailable:
                return await RefuseAsync(httpContext, unavailable.Outcome, unavailable.Message);
            case LogUnavailableException unavailable:
                return await RefuseAsync(httpContext, unavailable.Outcome, unavailable.Message);
            case MemoryShortageException shortage:
                return await RefuseAsync(httpContext, WriteOutcome.Refused, shortage.Message);
            case ConnectionResetException or ConnectionAbortedException:
                LogGone(exception.Message);
                return true;
            case BadHttpRequestException bad:
                return await WriteAsync(httpContext, bad.StatusCode, bad.Message);
            case InvalidDataException:
                return await WriteAsync(httpContext, StatusCodes.Status400BadRequest, BadEncoding);
            case OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested:
                return true;
            default:
                LogDefect(exception, httpContext.Request.Method, httpContext.Request.Path);
                return await WriteAsync(
                    httpContext, StatusCodes.Status500InternalServerError,
                    ErrorShape.Of(httpContext) is null ? "The service has a defect; it is in its log." : ErrorShape.Defect);
        }
    }

    private async Task<bool> RefuseAsync(HttpContext context, WriteOutcome outcome, string reason)
    {
        LogUnavailable(reason);
        if (ErrorShape.Of(context) is { } shape)
        {
            context.Response.Headers.RetryAfter = Problems.RetryAfterSeconds;
            await shape.Answer(context, StatusCodes.Status503ServiceUnavailable, reason).ExecuteAsync(context);
        }
        else
        {
            await Problems.Unavailable(outcome, reason).ExecuteAsync(context);
        }

        return true;
    }

    private async Task<bool> WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        try
        {
            if (ErrorShape.Of(context) is { } shape)
            {
                await shape.Answer(context, status, detail).ExecuteAsync(context);
                return true;
            }

            return await problems.TryWriteAsync(new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = { Status = status, Detail = detail },
            });
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read it.
            LogGone(detail);
            return true;
        }
    }

    [LoggerMessage(1001, LogLevel.Warning, "Request refused: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(1009, LogLevel.Debug, "A client went away: {Reason}")]
    private partial void LogGone(string reason);

    [LoggerMessage(1002, LogLevel.Error, "{Method} {Path} failed because of a defect")]
    private partial void LogDefect(Exception error, string method, PathString path);
}
