using System.Globalization;
using Client.Connections;
using Client.Printing;
using ClientLibrary;

namespace Client.Sending;

/// <summary>Tells people how the sending of a file goes: a bar on a terminal, lines that were refused, and pauses.</summary>
/// <param name="shell">Where it writes to.</param>
/// <param name="file">The file's name.</param>
/// <param name="asJson">Whether refused lines are told to programs.</param>
internal sealed class SendView(Shell shell, string file, bool asJson) : ISendView
{
    private const int BarWidth = 20;

    /// <summary>Pause between two bars: terminals need no more.</summary>
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(100);

    private readonly long began = shell.Time.GetTimestamp();
    private long? drawn;
    private long? firstLine;
    private bool hasBar;

    /// <summary>The bar as text.</summary>
    /// <param name="share">From 0 to 1; null where the length is unknown.</param>
    /// <param name="checkpoint">How far it has been sent.</param>
    /// <param name="rate">Lines a second.</param>
    public static string Bar(double? share, Checkpoint checkpoint, double rate)
    {
        var full = (int)((share ?? 0) * BarWidth);
        var bar = share is { } known
            ? string.Create(
                CultureInfo.InvariantCulture, $"[{new string('#', full)}{new string('-', BarWidth - full)}] {known * 100,3:0} %  ")
            : string.Empty;
        var refused = checkpoint.Rejected > 0 ? $"  {Printable.Number(checkpoint.Rejected)} rejected" : string.Empty;
        return $"{bar}{Printable.Number(checkpoint.Line)} lines  {Printable.Number((long)rate)}/s{refused}";
    }

    public void Rejected(long line, int status, string reason)
    {
        Clear();
        if (asJson)
        {
            Json.WriteAsync(shell.Output, new { file, line, status, reason }).GetAwaiter().GetResult();
        }
        else
        {
            shell.Errors.WriteLine($"{file}:{line}: {Printable.Text(reason)}");
        }
    }

    public void Advanced(Checkpoint checkpoint, long? length)
    {
        firstLine ??= checkpoint.Line;
        if (!shell.ShowsProgress || (drawn is { } last && shell.Time.GetElapsedTime(last) < MinPause && checkpoint.Offset != length))
        {
            return;
        }

        var seconds = Math.Max(0.001, shell.Time.GetElapsedTime(began).TotalSeconds);
        var share = length is { } all and > 0 ? Math.Min(1, (double)checkpoint.Offset / all) : (double?)null;
        shell.Errors.Write($"\r{Bar(share, checkpoint, (checkpoint.Line - firstLine.Value) / seconds)}\u001b[K");
        (drawn, hasBar) = (shell.Time.GetTimestamp(), true);
    }

    /// <summary>There is a pause before the next attempt.</summary>
    public void Pausing(ServiceException failure, TimeSpan pause)
    {
        Clear();
        shell.Errors.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{failure.Message.Split('\n')[0]}; tries again in {pause.TotalSeconds:0.0} s"));
    }

    /// <summary>Takes the bar away, for what is written next.</summary>
    public void Clear()
    {
        if (hasBar)
        {
            shell.Errors.Write("\r\u001b[K");
            hasBar = false;
        }
    }
}
