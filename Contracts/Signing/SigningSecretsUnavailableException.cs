namespace Contracts.Signing;

/// <summary>It is not known what a webhook is to be signed with.</summary>
public sealed class SigningSecretsUnavailableException(string message) : Exception(message);
