using System.Text.Json.Serialization.Metadata;
using Infrastructure;
using Producer.Docs;

namespace Producer.Slices;

/// <summary>A feature of the Producer: its services, routes, JSON and API descriptions.</summary>
internal abstract class ProducerSlice : Slice
{
    /// <summary>The JSON of its requests and responses.</summary>
    public abstract IJsonTypeInfoResolver Json { get; }

    /// <summary>What the API document says of its routes beyond what the code shows.</summary>
    public abstract ApiTexts Api { get; }

    /// <summary>Maps its routes; those that change something and those that do not may be served by different Producers.</summary>
    public abstract void Map(IEndpointRouteBuilder app, ServedRequests serves);
}
