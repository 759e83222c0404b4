using System.Net;

namespace Runner.Timers.Receivers;

/// <summary>The slots of one address; changed under the lock of their <see cref="SendBudget"/>.</summary>
internal sealed class SendShare(IPEndPoint address)
{
    public IPEndPoint Address => address;

    internal int Members { get; set; }

    internal int Used { get; set; }

    /// <summary>How long its exchanges have taken lately.</summary>
    internal TimeSpan Average { get; set; }
}
