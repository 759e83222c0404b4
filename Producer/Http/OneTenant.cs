using Contracts.Common;

namespace Producer.Http;

/// <summary>Until API keys name others there is one tenant.</summary>
internal sealed class OneTenant : IRequestTenant
{
    public string Of(HttpContext context) => Tenant.Default;
}
