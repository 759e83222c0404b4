using System.Text.Json;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The seed's answer to readings.</summary>
/// <param name="request">The readings as they came, whose timestamps are echoed.</param>
/// <param name="accepted">Its readings; null for those that are not valid.</param>
internal sealed class SeedResults(SeedReadings request, AcceptedReading?[] accepted) : IResult
{
    private static readonly JsonWriterOptions Options = new() { Encoder = HttpJson.Encoder, SkipValidation = true };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var isAllGood = accepted.All(reading => reading is { State: EventState.Recorded });
        response.StatusCode = isAllGood ? StatusCodes.Status202Accepted : StatusCodes.Status207MultiStatus;
        response.ContentType = "application/json; charset=utf-8";
        using var json = new Utf8JsonWriter(response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteStartArray("results"u8);
        for (var i = 0; i < accepted.Length; i++)
        {
            Write(json, request.Id!, request.Readings![i], accepted[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        response.ContentLength = json.BytesCommitted;
        return Task.CompletedTask;
    }

    private static void Write(Utf8JsonWriter json, string id, SeedReading reading, AcceptedReading? accepted)
    {
        var (status, error) = accepted switch
        {
            null => (StatusCodes.Status422UnprocessableEntity, reading.Error),
            { Accepted.Rejected: { } rejected } => (StatusCodes.Status500InternalServerError, rejected.Reason),
            { State: EventState.Recorded } => (StatusCodes.Status202Accepted, null),
            { State: EventState.Duplicate } => (StatusCodes.Status409Conflict,
                $"A reading for device {id} at {TextOf(reading.Timestamp)} has already been recorded. Duplicates are not allowed."),
            _ => (StatusCodes.Status422UnprocessableEntity, "timestamp is older than what is kept, or the device was erased meanwhile"),
        };
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WritePropertyName("timestamp"u8);
        json.WriteRawValue(reading.Timestamp ?? "null", skipInputValidation: true);
        json.WriteNumber("status"u8, status);
        json.WriteBoolean("success"u8, error is null);
        if (error is not null)
        {
            json.WriteString("error"u8, error);
        }

        json.WriteEndObject();
    }

    /// <summary>The text of a JSON string or number that was read before.</summary>
    private static string TextOf(string? json)
    {
        using var document = JsonDocument.Parse(json ?? "null");
        return document.RootElement.ToString();
    }
}
