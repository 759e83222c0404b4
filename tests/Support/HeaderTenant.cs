using Microsoft.AspNetCore.Http;
using Producer.Http;

namespace Tests.Support;

/// <summary>Takes the tenant from a header, as an API key will name it one day.</summary>
internal sealed class HeaderTenant : IRequestTenant
{
    public const string Header = "Test-Tenant";

    public string Of(HttpContext context) =>
        context.Request.Headers[Header] is [{ } tenant] ? tenant : global::Contracts.Common.Tenant.Default;
}
