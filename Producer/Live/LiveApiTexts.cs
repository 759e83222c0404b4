using Microsoft.OpenApi;
using Producer.Docs;

namespace Producer.Live;

/// <summary>What the API document says of every live stream.</summary>
internal static class LiveApiTexts
{
    /// <summary>A parameter or request header of live streams; null for any other.</summary>
    public static (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        LiveStream.LastEventId => (
            "The `id` of the last event that the client knows; browsers send it when they connect again.", ApiShapes.Text(1, 100)),
        LiveStream.LastEventIdQuery => (
            "The same as the header `Last-Event-ID`, for WebSockets, whose headers pages cannot set.", ApiShapes.Text(1, 100)),
        _ => null,
    };

    /// <summary>The problem where there are none.</summary>
    public static (string Title, string Detail, string More) NotShared =>
        ("There are no live streams here.", "In a cluster they need Redis: ConnectionStrings:Redis.", string.Empty);

    /// <summary>Says that the answer is text.</summary>
    public static void Describe(OpenApiOperation operation)
    {
        foreach (var media in operation.Responses!["200"].Content!.Values)
        {
            media.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Server-sent events." };
        }
    }
}
