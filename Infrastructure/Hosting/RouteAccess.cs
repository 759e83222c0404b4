using Contracts.Access;

namespace Infrastructure.Hosting;

/// <summary>
/// Metadata of a route: what a key must allow for it. The last one counts. A route without any needs a key that allows everything.
/// </summary>
/// <param name="Slice">The slice whose data it is about; null for none.</param>
/// <param name="Verb">What it does with it.</param>
public sealed record RouteAccess(string? Slice, KeyVerb Verb)
{
    /// <summary>Whether a key for the data of any slice is enough: the route tells of all of them.</summary>
    public bool IsOfAnySlice { get; init; }

    /// <summary>The scope as it is written.</summary>
    public string Scope => KeyScopes.Write(Slice, Verb);
}
