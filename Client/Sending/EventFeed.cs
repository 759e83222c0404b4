namespace Client.Sending;

/// <summary>How the events of a slice are sent and made.</summary>
/// <param name="Name">What the slice is called on the command line.</param>
/// <param name="RouteOf">Where a line goes, by the names of its fields.</param>
/// <param name="Generate">Makes test events, one JSON object each.</param>
internal sealed record EventFeed(
    string Name, Func<IReadOnlySet<string>, EventRoute> RouteOf, Func<Generation, IEnumerable<string>> Generate);

/// <summary>Where a line goes.</summary>
/// <param name="Path">The route behind <c>/api/v1/</c>.</param>
/// <param name="IdField">The field of a line's own id; null where the service recognises a repetition by what the line says.</param>
internal sealed record EventRoute(string Path, string? IdField);
