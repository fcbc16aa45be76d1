using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;
using Mono.Cecil.Cil;

/// <summary>
/// Makes a copy of TorchSharp.dll in which numbers live as long as they are used. A number in a formula, as in
/// <c>0.5 * x</c>, becomes a Scalar with native memory and a finalizer. TorchSharp 0.107 takes the Scalar's handle and calls
/// libtorch without keeping the Scalar reachable, so a garbage collection during the call frees what the call reads: a wrong
/// number, an exception or the end of the process, once in some ten thousand steps. In the copy every method that is given
/// a Scalar keeps it alive until it returns. (Methods that make one themselves are left: torch.linalg.vector_norm and
/// matrix_norm, softshrink, hardshrink and scripts, of which Mcdm uses none.) It can go when TorchSharp keeps Scalars until its calls
/// return; dotnet/TorchSharp pull request 1496, open in 2025, works on how long they live.
/// </summary>
public class KeepScalarsAlive : Task
{
    private const string ScalarType = "TorchSharp.Scalar";

    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        using (var module = ModuleDefinition.ReadModule(Source))
        {
            var collector = new TypeReference("System", "GC", module, module.TypeSystem.CoreLibrary);
            var keepAlive = new MethodReference("KeepAlive", module.TypeSystem.Void, collector) { Parameters = { new ParameterDefinition(module.TypeSystem.Object) } };
            var methods = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody && Scalars(method).Count > 0).ToList();
            foreach (var method in methods) { Keep(method, Scalars(method), keepAlive); }
            if (methods.Count == 0)
            {
                Log.LogError("{0} has no method that takes a {1}; is it another version of TorchSharp?", Source, ScalarType);
                return false;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            module.Write(Destination);
        }
        return true;
    }

    private static List<ParameterDefinition> Scalars(MethodDefinition method) =>
        method.Parameters.Where(parameter => parameter.ParameterType.FullName == ScalarType).ToList();

    private static void Keep(MethodDefinition method, List<ParameterDefinition> scalars, MethodReference keepAlive)
    {
        // What is added may put the targets of short branches out of their reach.
        foreach (var branch in method.Body.Instructions.Where(instruction => instruction.OpCode.OperandType == OperandType.ShortInlineBrTarget))
        {
            branch.OpCode = (OpCode)typeof(OpCodes).GetField(branch.OpCode.Code.ToString().Replace("_S", "")).GetValue(null);
        }
        var il = method.Body.GetILProcessor();
        foreach (var end in method.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Ret).ToList())
        {
            // The return itself becomes the first instruction of what comes before it, so that branches to it go there too.
            var instructions = scalars.SelectMany(scalar => new[] { il.Create(OpCodes.Ldarg, scalar), il.Create(OpCodes.Call, keepAlive) }).Skip(1).Append(il.Create(OpCodes.Ret)).ToList();
            end.OpCode = OpCodes.Ldarg;
            end.Operand = scalars[0];
            var last = end;
            foreach (var instruction in instructions)
            {
                il.InsertAfter(last, instruction);
                last = instruction;
            }
        }
    }
}
