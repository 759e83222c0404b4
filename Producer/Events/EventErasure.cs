using Producer.Http;

namespace Producer.Events;

/// <summary>The end of every route that erases: its message is made durable, and waits until it is applied.</summary>
internal static class EventErasure
{
    /// <summary>Answers 204 when it is done, 202 while it is yet to be.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="acceptance">Publishes the message.</param>
    /// <param name="message">The message that says what is erased.</param>
    /// <param name="keyOf">What the slice's tracker finds it by.</param>
    /// <param name="deadline">How long to wait where the client does not say.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public static async Task<IResult> AnswerAsync<TMessage>(
        HttpContext context, EventAcceptance<TMessage> acceptance, TMessage message, Func<TMessage, string> keyOf, TimeSpan deadline,
        CancellationToken cancellationToken)
        where TMessage : class
    {
        var wait = PreferWait.Apply(context) ?? deadline;
        var accepted = (await acceptance.AcceptAsync(context.Tenant(), [message], keyOf, wait, cancellationToken))[0];
        context.Response.Headers[EventAnswers.TrackingHeader] = accepted.Tracking.ToString();
        return accepted.Rejected is { } rejected ? Problems.DeadLettered(rejected.Reason, rejected.DeadLetter)
            : TypedResults.StatusCode(accepted.IsApplied ? StatusCodes.Status204NoContent : StatusCodes.Status202Accepted);
    }

    /// <summary>Describes its answers.</summary>
    public static RouteHandlerBuilder Erases(this RouteHandlerBuilder route) => route
        .Produces(StatusCodes.Status204NoContent)
        .Produces(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status500InternalServerError);
}
