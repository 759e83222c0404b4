using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace Client.Printing;

/// <summary>JSON for programs: one value a line, with the names that the service uses.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // goes to no web page
        Converters = { new InstantJson(), new DurationJson() },
    };

    public static Option<bool> Option() => new("--json") { Description = "Prints JSON, for programs." };

    public static Task WriteAsync<T>(TextWriter output, T value) => output.WriteLineAsync(JsonSerializer.Serialize(value, Options));
}
