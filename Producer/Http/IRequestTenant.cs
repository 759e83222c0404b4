namespace Producer.Http;

/// <summary>Determines the tenant of a request. Every route takes its tenant from here and from nowhere else.</summary>
internal interface IRequestTenant
{
    /// <summary>The tenant's name.</summary>
    string Of(HttpContext context);
}
