using Contracts.Common;
using Producer.Timers;

namespace Tests.Support;

internal static class Addresses
{
    /// <summary>The address of a timer of the default tenant.</summary>
    public static TimerAddress Address(this Guid key) => new(Tenant.Default, key);
}
