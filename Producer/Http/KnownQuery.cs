namespace Producer.Http;

/// <summary>Refuses query parameters that a route does not know: a slip would otherwise answer something else than was asked.</summary>
internal static class KnownQuery
{
    /// <summary>The route's parameters; any other is a 400 that names those.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, params string[] names) =>
        route.WithQuery(names, repeated: null);

    /// <summary>The same with one parameter more, which may be given several times.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string[] names, string? repeated)
    {
        var known = repeated is null ? names : [.. names, repeated];
        return route.AddEndpointFilter((invocation, next) => Find(invocation.HttpContext.Request, known, repeated) is { } errors
            ? ValueTask.FromResult<object?>(Problems.Invalid(errors))
            : next(invocation));
    }

    private static FieldErrors? Find(HttpRequest request, string[] names, string? repeated)
    {
        if (!request.QueryString.HasValue)
        {
            return null;
        }

        FieldErrors? errors = null;
        foreach (var (name, values) in request.Query)
        {
            var reason = !names.Contains(name, StringComparer.Ordinal)
                ? names.Length == 0 ? "is not known: there are no parameters" : $"is not known; known are {string.Join(", ", names)}"
                : values.Count > 1 && name != repeated ? "must be given once" : null;
            if (reason is not null)
            {
                (errors ??= new FieldErrors()).Add(name, reason);
            }
        }

        return errors;
    }
}
