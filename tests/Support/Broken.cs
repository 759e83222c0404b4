using System.Reflection;

namespace Tests.Support;

/// <summary>A port whose calls throw or return what a test says.</summary>
public class Broken<TPort> : DispatchProxy
    where TPort : class
{
    private Func<string, object?> answer = _ => null;

    internal static TPort Create(Func<string, object?> answer)
    {
        var proxy = Create<TPort, Broken<TPort>>();
        ((Broken<TPort>)(object)proxy).answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        return answer(targetMethod.Name) is var given && given is Exception thrown ? throw thrown : given;
    }
}

/// <summary>Makes such ports.</summary>
public static class Broken
{
    /// <param name="answer">By a method's name: the exception that it throws, or what it returns.</param>
    public static TPort Of<TPort>(Func<string, object?> answer)
        where TPort : class => Broken<TPort>.Create(answer);
}
