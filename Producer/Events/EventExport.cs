using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Contracts.Common;
using Producer.Http;

namespace Producer.Events;

/// <summary>Streams rows as JSON lines or CSV (RFC 4180), page by page, whatever their number.</summary>
/// <param name="rows">Pages of rows; the first is read before the answer begins, so that a store that does not answer is a status.</param>
/// <param name="columns">The columns, in the order in which they are written.</param>
/// <param name="format">Whether rows are written as JSON lines or as CSV.</param>
internal sealed class EventExport<TRow>(
    Func<CancellationToken, IAsyncEnumerable<IReadOnlyList<TRow>>> rows, IReadOnlyList<ExportColumn<TRow>> columns, ExportFormat format)
    : IResult
{
    public const string Csv = "text/csv";

    private static readonly JsonWriterOptions Json = new() { Encoder = HttpJson.Encoder, SkipValidation = true };

    /// <summary>What a spreadsheet would run (CWE-1236).</summary>
    private static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@\t\r");

    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, stop) = (httpContext.Response, httpContext.RequestAborted);
        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            // Not worth reading all rows for.
            response.ContentType = ContentType;
            return;
        }

        await using var pages = rows(stop).GetAsyncEnumerator(stop);
        var any = await pages.MoveNextAsync();
        response.ContentType = ContentType;
        if (format == ExportFormat.Csv)
        {
            WriteText(response, string.Join(',', columns.Select(column => column.Name)) + "\r\n");
        }

        for (; any; any = await pages.MoveNextAsync())
        {
            foreach (var row in pages.Current)
            {
                if (format == ExportFormat.Csv)
                {
                    WriteText(response, string.Join(',', columns.Select(column => Field(column.Read(row)))) + "\r\n");
                }
                else
                {
                    WriteLine(response, row);
                }
            }

            await response.BodyWriter.FlushAsync(stop);
        }
    }

    private string ContentType => format == ExportFormat.Csv ? $"{Csv}; charset=utf-8" : $"{BatchBody.Ndjson}; charset=utf-8";

    private static void WriteText(HttpResponse response, string text) => Encoding.UTF8.GetBytes(text, response.BodyWriter);

    private static string Field(object? value)
    {
        var text = value switch
        {
            null => string.Empty,
            string given => given,
            DateTimeOffset at => ShortInstant.ToString(at),
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? string.Empty,
        };
        if (value is string && text.Length > 0 && Formulas.Contains(text[0]))
        {
            text = $"'{text}";
        }

        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private void WriteLine(HttpResponse response, TRow row)
    {
        using (var json = new Utf8JsonWriter(response.BodyWriter, Json))
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                if (column.Read(row) is { } value)
                {
                    json.WritePropertyName(column.Name);
                    Write(json, value);
                }
            }

            json.WriteEndObject();
        }

        response.BodyWriter.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case Int128 whole: json.WriteWhole(whole); break;
            case long number: json.WriteNumberValue(number); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case DateTimeOffset at: json.WriteStringValue(ShortInstant.ToString(at)); break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }
}

/// <summary>What every export reads of its request, and how it goes through what the tenant has.</summary>
internal static class EventExport
{
    /// <summary>The form that a request names; JSON lines where it names none.</summary>
    public static ExportFormat ReadFormat(string? format, FieldErrors errors)
    {
        if (format is not (null or "ndjson" or "csv"))
        {
            errors.Add("format", "must be ndjson or csv");
        }

        return format == "csv" ? ExportFormat.Csv : ExportFormat.Ndjson;
    }

    /// <summary>The rows of each owner, such as a device, after the other.</summary>
    /// <param name="only">Of this one alone; null for all.</param>
    /// <param name="list">A page of the owners' ids, and after which the next one begins.</param>
    /// <param name="read">The rows of one, in pages.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public static async IAsyncEnumerable<IReadOnlyList<TRow>> RowsAsync<TRow>(
        string? only, Func<string?, CancellationToken, Task<(IEnumerable<string> Ids, string? Next)>> list,
        Func<string, CancellationToken, IAsyncEnumerable<IReadOnlyList<TRow>>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var (ids, next) = only is null ? await list(after, cancellationToken) : ([only], null);
            foreach (var id in ids)
            {
                await foreach (var rows in read(id, cancellationToken))
                {
                    yield return rows;
                }
            }

            after = next;
        }
        while (after is not null);
    }
}

/// <summary>The form of an export.</summary>
internal enum ExportFormat
{
    /// <summary>One JSON object per line.</summary>
    Ndjson,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,
}
