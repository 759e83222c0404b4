using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Infrastructure;
using Producer.Docs;

namespace Producer.Slices;

/// <summary>A feature of the Producer: its services, routes, JSON and API descriptions.</summary>
internal abstract class ProducerSlice : Slice
{
    /// <summary>What it is called in the scopes of keys: by default its class's name without Slice, as in <c>dead-letters</c>.</summary>
    public virtual string Name => JsonNamingPolicy.KebabCaseLower.ConvertName(
        GetType().Name is var type && type.EndsWith(nameof(Slice), StringComparison.Ordinal) ? type[..^nameof(Slice).Length] : type);

    /// <summary>The JSON of its requests and responses.</summary>
    public abstract IJsonTypeInfoResolver Json { get; }

    /// <summary>What the API document says of its routes beyond what the code shows.</summary>
    public abstract ApiTexts Api { get; }

    /// <summary>Maps its routes; those that change something and those that do not may be served by different Producers.</summary>
    public abstract void Map(IEndpointRouteBuilder app, ServedRequests serves);
}
