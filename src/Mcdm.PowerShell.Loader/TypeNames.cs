using System.Reflection;
using System.Runtime.Loader;

namespace Mcdm.PowerShell.Loader;

/// <summary>
/// Makes Mcdm's public types nameable in PowerShell, which looks for a type's name among the assemblies of the default context and its
/// accelerators, but not in a context of the module's own: <c>[Mcdm.Experts.Model]</c>, <c>catch [Mcdm.McdmException]</c>, and what
/// writes such names into code (Pester's mocks, proxy commands).
/// </summary>
public static class TypeNames
{
    private static readonly object s_lock = new();
    private static readonly Type s_accelerators = Type.GetType("System.Management.Automation.TypeAccelerators, System.Management.Automation",
        throwOnError: true)!;
    private static readonly Action<string, Type> s_add =
        s_accelerators.GetMethod("Add", [typeof(string), typeof(Type)])!.CreateDelegate<Action<string, Type>>();
    private static readonly Func<string, bool> s_remove = s_accelerators.GetMethod("Remove", [typeof(string)])!.CreateDelegate<Func<string, bool>>();
    private static readonly List<string> s_names = [];

    /// <summary>How many runspaces have the module imported: accelerators belong to the process.</summary>
    private static int s_imports;

    /// <summary>Registers each public type under its full name and those that it had before it moved, unless another runspace has.</summary>
    /// <param name="cmdlets">The assembly that holds the cmdlets; those of Mcdm that it was built on count too.</param>
    public static void Register(Assembly cmdlets)
    {
        lock (s_lock)
        {
            if (s_imports++ > 0) { return; }
            List<Assembly> assemblies = OfMcdm(cmdlets).ToList();
            Func<Type, IEnumerable<string>> formerNames = FormerNames(assemblies);
            foreach (Type type in assemblies.SelectMany(assembly => assembly.GetExportedTypes()))
            {
                foreach (string name in formerNames(type).Prepend(type.FullName!))
                {
                    s_add(name, type);
                    s_names.Add(name);
                }
            }
        }
    }

    /// <summary>Takes the names back when the last runspace removes the module.</summary>
    public static void Remove()
    {
        lock (s_lock)
        {
            if (--s_imports > 0) { return; }
            s_names.ForEach(name => s_remove(name));
            s_names.Clear();
        }
    }

    /// <summary>Gives the names by which a type was known before it moved.</summary>
    private static Func<Type, IEnumerable<string>> FormerNames(IEnumerable<Assembly> assemblies) =>
        assemblies.Select(assembly => assembly.GetType("Mcdm.FormerNames")).OfType<Type>().First().GetMethod("Of")!
            .CreateDelegate<Func<Type, IEnumerable<string>>>();

    /// <summary>The cmdlets' assembly and those of Mcdm that it is built on; what an earlier build left beside them is none of these.</summary>
    private static IEnumerable<Assembly> OfMcdm(Assembly cmdlets)
    {
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(cmdlets)!;
        List<Assembly> found = [cmdlets];
        for (int i = 0; i < found.Count; i++)
        {
            found.AddRange(found[i].GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Mcdm.", StringComparison.Ordinal))
                .Select(context.LoadFromAssemblyName).Except(found).ToList());
        }
        return found;
    }
}
