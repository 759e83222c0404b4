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
    /// <summary>What has to be looked up before events are validated; null for nothing. It is given those that could be read.</summary>
    public Func<IReadOnlyList<TRequest>, Task>? PrepareAsync { get; init; }

    /// <summary>Why a valid one is refused all the same, as where it refers to what is not there; null for nothing.</summary>
    public Func<TRequest, EventOutcome?> RefusalOf { get; init; } = static _ => null;

    /// <summary>Answers a request: what is valid is made durable, and each item told what became of it.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="composeAsync">Makes an event of a valid request.</param>
    /// <param name="carryAsync">Makes events durable; waits for the store as long as the client does, or not at all.</param>
    /// <param name="reasons">Why an event may have no effect.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public async Task<IResult> AnswerAsync<TEvent>(
        HttpContext context, DateTimeOffset receivedAt, Func<ValidEvent<TRequest>, ValueTask<TEvent>> composeAsync,
        Func<IReadOnlyList<TEvent>, TimeSpan?, Task> carryAsync, EventReasons reasons, CancellationToken cancellationToken)
        where TEvent : CarriedEvent
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

        var valid = await ValidateAsync(request, key, receivedAt);
        var events = new List<TEvent>(valid.Count);
        foreach (var each in valid)
        {
            events.Add(await composeAsync(each));
        }

        await carryAsync(events, PreferWait.Apply(context));
        var tenant = context.Tenant();
        for (var i = 0; i < events.Count; i++)
        {
            // An address for each of ten thousand would be most of the answer.
            valid[i].Item.Outcome = events[i].Tell(
                events[i].TrackingOf(tenant).ToString(), request.IsSingle ? events[i].Location : null, reasons);
        }

        return EventAnswers.Of(context, request);
    }

    private async Task<List<ValidEvent<TRequest>>> ValidateAsync(EventRequest request, string? key, DateTimeOffset receivedAt)
    {
        var readable = new List<(int Place, TRequest Request)>(request.Items.Count);
        for (var i = 0; i < request.Items.Count; i++)
        {
            if (!request.Items[i].Errors.Any && Read(request.Items[i]) is { } read)
            {
                readable.Add((i, read));
            }
        }

        if (PrepareAsync is not null)
        {
            await PrepareAsync(readable.ConvertAll(each => each.Request));
        }

        var valid = new List<ValidEvent<TRequest>>(readable.Count);
        foreach (var (place, read) in readable)
        {
            var item = request.Items[place];
            Validator.Validate(read, item.Errors);
            item.EventId = IdOf(read);
            if (!item.Errors.Any && (item.Outcome = RefusalOf(read)) is null)
            {
                valid.Add(new ValidEvent<TRequest>(
                    item, read, EventIds.Assign(item, key, request.IsSingle ? null : place, receivedAt)));
            }
        }

        return valid;
    }
}

/// <summary>An event that may be accepted.</summary>
/// <param name="Item">Its place in the request, where its outcome is set.</param>
/// <param name="Request">What it says.</param>
/// <param name="EventId">The id that the client or the service gave it.</param>
internal sealed record ValidEvent<TRequest>(EventItem Item, TRequest Request, string EventId);
