using Contracts.Revenue;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>
/// A line of an imported file: an event or adjustment as the routes take it, a line of the archive, or one of the first service's.
/// </summary>
internal sealed class ImportedLine
{
    /// <summary>Whose it is: the default tenant's, unless the archive's line names another.</summary>
    public string Tenant { get; private init; } = Contracts.Common.Tenant.Default;

    /// <summary>The event; null for an adjustment.</summary>
    public RevenueEventRequest? Event { get; private init; }

    /// <summary>The adjustment; null for an event.</summary>
    public RevenueAdjustmentRequest? Adjustment { get; private init; }

    /// <summary>Reads one.</summary>
    /// <param name="json">The line.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <returns>Null if it is no JSON object.</returns>
    public static ImportedLine? Read(ReadOnlyMemory<byte> json, FieldErrors errors)
    {
        using var document = JsonBody.ParseObject(new System.Buffers.ReadOnlySequence<byte>(json), errors);
        if (document is null)
        {
            return null;
        }

        var root = document.RootElement;
        var tenant = Text("tenant") ?? Contracts.Common.Tenant.Default;
        if (!Contracts.Common.Tenant.IsValid(tenant))
        {
            errors.Add("tenant", $"must match {Contracts.Common.Tenant.Pattern}");
        }

        return root.TryGetProperty("original", out _)
            ? new ImportedLine { Tenant = tenant, Adjustment = ReadAdjustment() }
            : new ImportedLine { Tenant = tenant, Event = ReadEvent() };

        RevenueAdjustmentRequest ReadAdjustment() => new()
        {
            User = Text("user"),
            Original = Text("original"),
            Delta = Amount("delta"),
            Reason = Text("reason"),
            Timestamp = Timestamp(),
            EventId = Text("eventId"),
        };

        RevenueEventRequest ReadEvent()
        {
            var request = new RevenueEventRequest
            {
                User = Text("user") ?? Text("userId"),
                Name = Text("name"),
                Value = Amount("value"),
                Currency = Text("currency"),
                Timestamp = Timestamp(),
                EventId = Text("eventId"),
            };
            if (Text("sign") is { } sign && request.Name is { } name)
            {
                // What it meant when it was accepted first.
                request.Type = sign switch
                {
                    RevenueEventTypeRequest.Add => new KnownEventType(new RevenueEventType(name, RevenueSign.Add), null),
                    RevenueEventTypeRequest.Subtract => new KnownEventType(new RevenueEventType(name, RevenueSign.Subtract), null),
                    _ => null,
                };
                if (request.Type is null)
                {
                    errors.Add("sign", "must be add or subtract");
                }
            }

            return request;
        }

        string? Text(string name) => root.TryGetProperty(name, out var value) ? Http.Read.Text(value, name, errors) : null;

        Amount? Amount(string name) =>
            root.TryGetProperty(name, out var value) ? RevenueRules.ReadAmount(value, name, errors) : null;

        DateTimeOffset? Timestamp() =>
            root.TryGetProperty("timestamp", out var value) ? EventFields.Timestamp(value, errors) : null;
    }
}
