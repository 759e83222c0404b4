namespace Producer.Http;

internal static class RequestTenants
{
    /// <summary>The tenant on whose behalf the request is made.</summary>
    public static string Tenant(this HttpContext context) => context.RequestServices.GetRequiredService<IRequestTenant>().Of(context);
}
