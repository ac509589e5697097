# What this jar holds beside gmembench

gmembench itself is under the Apache License 2.0, see LICENSE. Licences and notices of what follows are in
META-INF/licenses. JFreeChart (LGPL) can be replaced: the build is `mvn package` of gmembench's sources.

| artifact | licence | home |
|---|---|---|
<#list dependencyMap as e>
<#assign p = e.getKey()>
| ${p.groupId}:${p.artifactId}:${p.version} | <#list e.getValue() as license>${license}<#sep>, </#list> | ${p.url!"-"} |
</#list>
