using Contracts.Common;
using Infrastructure.Access;

namespace Producer.Http;

/// <summary>The tenant of the caller's key, and of nothing else that a request says.</summary>
internal sealed class KeyTenant : IRequestTenant
{
    public string Of(HttpContext context) => Caller.Of(context)?.TenantName ?? Tenant.Default;
}
