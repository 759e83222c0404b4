using System.Text.Json;
using Contracts.Common;
using Contracts.Devices;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The seed's device, written page by page: its readings may be more than memory holds.</summary>
internal sealed class SeedDeviceStream(IDeviceStore store, string tenant, DeviceRecord device) : IResult
{
    private const int PageSize = 2_000;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // Before the first byte, so that a store that does not answer is a status.
        var page = await store.ReadAsync(tenant, device.Id, ReadingRange.Of(PageSize), httpContext.RequestAborted);
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(
            response.BodyWriter, new JsonWriterOptions { Encoder = HttpJson.Encoder, SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartObject("data"u8);
        while (page.Count > 0)
        {
            foreach (var reading in page)
            {
                Write(json, reading);
            }

            await json.FlushAsync(httpContext.RequestAborted);
            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            page = page.Count < PageSize ? []
                : await store.ReadAsync(
                    tenant, device.Id, ReadingRange.Of(PageSize) with { From = page[^1].At + 1 }, httpContext.RequestAborted);
        }

        json.WriteEndObject();

        // Afterwards, so that they count all readings that were written.
        var now = await store.FindAsync(tenant, device.Id, httpContext.RequestAborted) ?? device;
        json.WritePropertyName("latest_timestamp"u8);
        if (now.LatestAt is { } at)
        {
            json.WriteStringValue(ShortInstant.ToString(TickTime.ToInstant(at)));
        }
        else
        {
            json.WriteNullValue();
        }

        json.WritePropertyName("cumulative_count"u8);
        json.WriteWhole(now.Total);
        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, StoredReading reading)
    {
        Span<byte> text = stackalloc byte[ShortInstant.MaxLength];
        json.WritePropertyName(text[..ShortInstant.Write(TickTime.ToInstant(reading.At), text)]);
        json.WriteWhole(reading.Value);
    }
}
