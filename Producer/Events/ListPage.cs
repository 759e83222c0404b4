using Producer.Http;

namespace Producer.Events;

/// <summary>The page that is asked for of a listing in the order of ids.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="After">The last id of the page before; null for the first page.</param>
/// <param name="Size">Maximum number of items.</param>
internal sealed record ListPage(string Tenant, string? After, int Size)
{
    public const int MaxSize = 1_000;
    private const int DefaultSize = 50;

    /// <summary>Reads the parameters that all such listings have.</summary>
    public static ListPage Read(HttpContext context, string? limit, string? cursor, FieldErrors errors)
    {
        var tenant = context.Tenant();
        return new ListPage(tenant, TenantCursors.ReadText(tenant, cursor, errors), ReadSize(limit, errors));
    }

    /// <summary>Reads a <c>limit</c>.</summary>
    public static int ReadSize(string? limit, FieldErrors errors) =>
        QueryFields.Whole(limit, "limit", 1, MaxSize, errors) ?? DefaultSize;

    /// <summary>The cursor of the page behind an id; null behind none.</summary>
    public string? CursorAfter(string? last) => last is null ? null : TenantCursors.SealText(Tenant, last);
}
