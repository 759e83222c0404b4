namespace Producer.Http;

/// <summary>What routes share with which administrators make, list and change small things: keys, signing secrets.</summary>
internal static class AdministrationRoutes
{
    private const int MaxLimit = 1_000;
    private const int DefaultLimit = 50;

    /// <summary>A route that reads a JSON object.</summary>
    /// <param name="route">The route.</param>
    /// <param name="maxBytes">Maximum size of its body.</param>
    public static RouteHandlerBuilder AcceptsObject<TRequest>(this RouteHandlerBuilder route, int maxBytes)
        where TRequest : notnull => route
        .Accepts<TRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(maxBytes))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Which page of a list is asked for: ids after one, null from the beginning, and how many.</summary>
    public static (string? After, int Size) ReadPage(string tenant, string? cursor, string? limit, FieldErrors errors)
    {
        var after = TenantCursors.ReadText(tenant, cursor, errors);
        var size = DefaultLimit;
        if (limit is not null && !Read.TryWhole(limit, 1, MaxLimit, out size))
        {
            errors.Add("limit", $"must be a whole number from 1 to {MaxLimit}");
        }

        return (after, size);
    }

    /// <summary>A field that the request must not have; the request as it was.</summary>
    public static TRequest Unknown<TRequest>(TRequest request, string name, FieldErrors errors, string known)
    {
        errors.Add(name, $"is not a known field; known are {known}");
        return request;
    }
}
