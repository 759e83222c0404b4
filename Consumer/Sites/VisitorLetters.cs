using System.Text;
using System.Text.Json;
using Contracts.Messaging;
using Contracts.Sites;

namespace Consumer.Sites;

/// <summary>Takes a visitor's events out of dead letters.</summary>
internal static class VisitorLetters
{
    /// <summary>What is left of a letter without a visitor's events.</summary>
    /// <returns>Null for nothing, the letter itself if there are none in it.</returns>
    public static DeadLetter? Strip(DeadLetter letter, VisitorErased erased)
    {
        if (letter.Type != SiteMessages.Received.Name)
        {
            // An erasure that could not be applied is to be repeated, and names them for that.
            return letter;
        }

        SiteEventsReceived? message;
        try
        {
            message = JsonSerializer.Deserialize(letter.Content.Span, SitesJson.Default.SiteEventsReceived);
        }
        catch (JsonException)
        {
            return Names(letter.Content.Span, erased) ? null : letter;
        }

        if (message?.Events is null || !message.Events.Any(IsTheirs))
        {
            return letter;
        }

        var left = message with { Events = [.. message.Events.Where(each => !IsTheirs(each))] };
        return left.Events.Count == 0 ? null
            : letter with { Content = JsonSerializer.SerializeToUtf8Bytes(left, SitesJson.Default.SiteEventsReceived) };

        bool IsTheirs(SiteEvent? each) =>
            each is not null && (erased.User is { } user ? each.User == user : each.User is null && each.Visitor == erased.Visitor);
    }

    /// <summary>Whether what is no message names them all the same: then it goes as a whole.</summary>
    private static bool Names(ReadOnlySpan<byte> content, VisitorErased erased) => erased.User is { } user
        ? content.IndexOf(Encoding.UTF8.GetBytes(user)) >= 0 || content.IndexOf(JsonEncodedText.Encode(user).EncodedUtf8Bytes) >= 0
        : content.IndexOf(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{erased.Visitor}"))) >= 0;
}
