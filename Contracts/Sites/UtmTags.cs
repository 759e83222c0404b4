namespace Contracts.Sites;

/// <summary>Where a visit was promoted, as the tags of its link say; null for those that it does not have.</summary>
/// <param name="Source">utm_source: who sent it.</param>
/// <param name="Medium">utm_medium: over what.</param>
/// <param name="Campaign">utm_campaign: for what.</param>
/// <param name="Term">utm_term: the words that were searched for.</param>
/// <param name="Content">utm_content: which of several links.</param>
public sealed record UtmTags(
    string? Source = null, string? Medium = null, string? Campaign = null, string? Term = null, string? Content = null);
