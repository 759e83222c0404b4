using Producer.Http;

namespace Producer.Events;

/// <summary>The way in of every route that takes events: read, validate, give ids, accept, answer item by item.</summary>
/// <typeparam name="TRequest">One event of a request.</typeparam>
/// <param name="Things">What the events are called in errors.</param>
/// <param name="Read">Reads one; null, or errors of the item, for one that cannot be.</param>
/// <param name="Validator">The rules for one.</param>
/// <param name="IdOf">The client's own id of one; null without it.</param>
internal sealed record EventIntake<TRequest>(
    string Things, Func<EventItem, TRequest?> Read, FieldValidator<TRequest> Validator, Func<TRequest, string?> IdOf)
    where TRequest : class
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="acceptAsync">Makes the valid events durable and sets the outcome of each item.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public async Task<IResult> AnswerAsync(
        HttpContext context, DateTimeOffset receivedAt, Func<IReadOnlyList<ValidEvent<TRequest>>, bool, Task> acceptAsync,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var key = EventIds.ReadKey(context.Request, errors);
        if (await EventRequest.ReadAsync(context, Things, errors, cancellationToken) is not { } request)
        {
            return EventRequest.Unsupported();
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var valid = new List<ValidEvent<TRequest>>(request.Items.Count);
        for (var i = 0; i < request.Items.Count; i++)
        {
            var item = request.Items[i];
            if (item.Errors.Any || Read(item) is not { } read)
            {
                continue;
            }

            Validator.Validate(read, item.Errors);
            item.EventId = IdOf(read);
            if (!item.Errors.Any)
            {
                valid.Add(new ValidEvent<TRequest>(
                    item, read, EventIds.Assign(item, key, request.IsSingle ? null : i, receivedAt)));
            }
        }

        await acceptAsync(valid, request.IsSingle);
        return EventAnswers.Of(context, request);
    }
}

/// <summary>An event that may be accepted.</summary>
/// <param name="Item">Its place in the request, where its outcome is set.</param>
/// <param name="Request">What it says.</param>
/// <param name="EventId">The id that the client or the service gave it.</param>
internal sealed record ValidEvent<TRequest>(EventItem Item, TRequest Request, string EventId);
