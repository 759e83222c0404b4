namespace Producer.Events;

/// <summary>A column of an export.</summary>
/// <param name="Name">The member's name in JSON, and the column's in CSV.</param>
/// <param name="Read">Its value: null, text, a bool, a whole number or an instant.</param>
internal sealed record ExportColumn<TRow>(string Name, Func<TRow, object?> Read);
