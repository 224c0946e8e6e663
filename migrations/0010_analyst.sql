-- Those who read the figures need a role that can do nothing else; the schema `analytics` grants
-- itself to it whenever it is built. A role belongs to the whole cluster, so it may be there
-- already, or be made by another database at this very moment.
do $$
begin
    create role analyst nologin;
exception
    when duplicate_object or unique_violation then
        null;
    when insufficient_privilege then
        raise warning 'the role analyst cannot be created by this user: create it by hand';
end
$$;
