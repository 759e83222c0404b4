namespace Producer.Http;

/// <summary>Tells on whose behalf a request is made. Every route takes its tenant from here and from nowhere else.</summary>
internal interface IRequestTenant
{
    /// <summary>The tenant's name.</summary>
    string Of(HttpContext context);
}
