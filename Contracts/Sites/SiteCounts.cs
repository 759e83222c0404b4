using System.Runtime.InteropServices;

namespace Contracts.Sites;

/// <summary>What happened on a site within a span of time.</summary>
/// <param name="At">When it begins, in 100 ns since 1970.</param>
/// <param name="Events">Number of events, those of bots left out.</param>
/// <param name="Views">Number of views among them.</param>
/// <param name="BotEvents">Number of events of known bots.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SiteCounts(long At, long Events, long Views, long BotEvents);
